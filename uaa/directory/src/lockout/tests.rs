use super::*;
use std::net::IpAddr;

const SECOND: Micros = 1_000_000;
const UAA: LockoutPolicy = LockoutPolicy {
    lockout_after_failures: 5,
    count_failures_within_seconds: 1200,
    lockout_period_seconds: 300,
};

fn key(subject: &str) -> Key {
    Key::new(Uuid::nil(), subject)
}

fn fail(lockout: &Lockout, subject: &str, times: i64, start: Micros) {
    for n in 0..times {
        lockout.failed(key(subject), &UAA, start + n * SECOND);
    }
}

#[test]
fn five_failures_lock_for_five_minutes() {
    assert_eq!(LockoutPolicy::default(), UAA);
    let lockout = Lockout::default();
    fail(&lockout, "ann", 4, 0);
    assert_eq!(lockout.check(&key("ann"), &UAA, 4 * SECOND), Ok(()));
    fail(&lockout, "ann", 1, 4 * SECOND);
    assert_eq!(lockout.check(&key("ann"), &UAA, 4 * SECOND), Err(Locked { until: 304 * SECOND }));
    assert!(lockout.check(&key("ann"), &UAA, 304 * SECOND - 1).is_err());
    assert_eq!(lockout.check(&key("ann"), &UAA, 304 * SECOND), Ok(()));
    assert_eq!(lockout.check(&key("bob"), &UAA, 5 * SECOND), Ok(()));
    assert_eq!(lockout.check(&Key::new(Uuid::max(), "ann"), &UAA, 5 * SECOND), Ok(()));
    // The five are still within the window: one more failure locks again.
    fail(&lockout, "ann", 1, 400 * SECOND);
    assert_eq!(lockout.check(&key("ann"), &UAA, 400 * SECOND), Err(Locked { until: 700 * SECOND }));
}

#[test]
fn a_success_or_an_administrator_ends_it() {
    let lockout = Lockout::default();
    fail(&lockout, "ann", 4, 0);
    lockout.succeeded(&key("ann"));
    fail(&lockout, "ann", 4, 10 * SECOND);
    assert_eq!(lockout.check(&key("ann"), &UAA, 14 * SECOND), Ok(()));
    fail(&lockout, "ann", 1, 14 * SECOND);
    assert!(lockout.check(&key("ann"), &UAA, 15 * SECOND).is_err());
    lockout.clear(&key("ann"));
    assert_eq!(lockout.check(&key("ann"), &UAA, 15 * SECOND), Ok(()));
}

#[test]
fn failures_leave_the_window() {
    let lockout = Lockout::default();
    fail(&lockout, "ann", 4, 0);
    lockout.failed(key("ann"), &UAA, 1200 * SECOND);
    assert_eq!(lockout.check(&key("ann"), &UAA, 1200 * SECOND), Ok(()));
    // A lock that needs a failure at second 0 ends with it, before its five minutes are over.
    let lockout = Lockout::default();
    fail(&lockout, "bob", 4, 0);
    lockout.failed(key("bob"), &UAA, 1190 * SECOND);
    assert_eq!(lockout.check(&key("bob"), &UAA, 1190 * SECOND), Err(Locked { until: 1200 * SECOND }));
    assert_eq!(lockout.check(&key("bob"), &UAA, 1200 * SECOND), Ok(()));
}

/// CVE-2024-4629: checking and counting are one step, so that many at once are no more than one after another.
#[test]
fn guesses_at_the_same_moment_are_counted_one_by_one() {
    let lockout = Lockout::default();
    let guess = || lockout.count(key("mira"), &UAA, false, SECOND).is_ok();
    let let_through = std::thread::scope(|scope| {
        let all: Vec<_> = (0..40).map(|_| scope.spawn(guess)).collect();
        all.into_iter().map(|one| usize::from(one.join().unwrap())).sum::<usize>()
    });
    assert_eq!(let_through, 5);
    assert!(lockout.count(key("mira"), &UAA, true, 2 * SECOND).is_err(), "and the right one comes too late");
}

#[test]
fn zero_failures_never_lock() {
    let never = LockoutPolicy { lockout_after_failures: 0, ..UAA };
    let lockout = Lockout::default();
    for n in 0..10 {
        lockout.failed(key("ann"), &never, n);
    }
    assert_eq!(lockout.check(&key("ann"), &never, 10), Ok(()));
}

#[test]
fn memory_is_bounded_and_locks_are_forgotten_last() {
    let lockout = Lockout::with_capacity(10);
    fail(&lockout, "victim", 5, 0);
    for n in 0..1000 {
        lockout.failed(key(&format!("flood {n}")), &UAA, 10 * SECOND + n);
    }
    assert_eq!(lockout.lock().len(), 10);
    assert!(lockout.check(&key("victim"), &UAA, 11 * SECOND).is_err());
    assert!(
        lockout.lock().get(&key("flood 999")).is_some() && lockout.lock().get(&key("flood 990")).is_none()
    );
    // Even locked accounts go when there are only locked ones, the first to open first.
    for n in 0..10 {
        fail(&lockout, &format!("locked {n}"), 5, 20 * SECOND + n);
    }
    assert_eq!(lockout.check(&key("victim"), &UAA, 30 * SECOND), Ok(()));
    assert_eq!(lockout.lock().len(), 10);
    // What has ended makes room by itself.
    fail(&lockout, "late", 4, 5000 * SECOND);
    assert_eq!(lockout.lock().len(), 1);
}

#[test]
fn one_account_holds_few_times_and_a_short_name() {
    let lockout = Lockout::default();
    fail(&lockout, "ann", 100, 0);
    assert_eq!(lockout.export()[0].failures, (95..100).map(|n| n * SECOND).collect::<Vec<_>>());
    let long = Key::new(Uuid::nil(), &"x".repeat(100_000));
    assert_eq!(long.subject().len(), 71);
    assert_eq!(Key::new(Uuid::nil(), long.subject()), long);
    assert_ne!(Key::new(Uuid::nil(), &"x".repeat(100_001)), long);
    assert_eq!(long.zone(), Uuid::nil());
}

#[test]
fn what_is_exported_can_be_imported_twice_and_elsewhere() {
    let (here, there) = (Lockout::default(), Lockout::default());
    fail(&here, "ann", 3, 0);
    fail(&there, "ann", 2, 10 * SECOND);
    for _ in 0..2 {
        there.import(here.export(), &UAA, 12 * SECOND);
    }
    let [row] = &there.export()[..] else { panic!("another number of rows") };
    assert_eq!(row.failures, [0, SECOND, 2 * SECOND, 10 * SECOND, 11 * SECOND]);
    assert_eq!(there.check(&key("ann"), &UAA, 12 * SECOND), Err(Locked { until: 311 * SECOND }));
    let late = Lockout::default();
    late.import(here.export(), &UAA, 5000 * SECOND);
    assert_eq!(late.export(), []);
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn an_address_waits_longer_with_each_failure() {
    let pace = Pace { free_failures: 3, forget_one_every_seconds: 100, longest_wait_seconds: 5 };
    let addresses = Addresses::new(pace, 10);
    let peer = address("192.0.2.1");
    let mut waits = vec![];
    for _ in 0..8 {
        addresses.failed(peer, 0);
        waits.push(addresses.check(peer, 0).err().unwrap_or(0));
    }
    assert_eq!(waits, [0, 0, 0, 1, 2, 4, 5, 5]);
    assert_eq!(addresses.check(peer, 5 * SECOND - 1), Err(1));
    assert_eq!(addresses.check(peer, 5 * SECOND), Ok(()));
    assert_eq!(addresses.check(address("192.0.2.2"), 0), Ok(()));
    // Five failures are forgotten after 500 seconds; the three that are left are free.
    addresses.failed(peer, 500 * SECOND);
    assert_eq!(addresses.check(peer, 500 * SECOND), Err(1));
    assert_eq!(addresses.check(peer, 600 * SECOND), Ok(()));
    addresses.failed(peer, 2000 * SECOND);
    assert_eq!(addresses.check(peer, 2000 * SECOND), Ok(()));
}

#[test]
fn an_address_of_version_six_is_its_network() {
    let addresses = Addresses::new(Pace { free_failures: 0, ..Pace::default() }, 10);
    addresses.failed(address("2001:db8:0:1::1"), 0);
    assert_eq!(addresses.check(address("2001:db8:0:1:ffff::2"), 0), Err(1));
    assert_eq!(addresses.check(address("2001:db8:0:2::1"), 0), Ok(()));
    addresses.failed(address("::ffff:192.0.2.1"), 0);
    assert_eq!(addresses.check(address("192.0.2.1"), 0), Err(1));
    assert_eq!(addresses.check(address("::ffff:192.0.2.2"), 0), Ok(()));
}

#[test]
fn addresses_are_bounded_in_number_and_in_failures() {
    let addresses = Addresses::new(Pace::default(), 10);
    let peer = address("192.0.2.1");
    for _ in 0..10_000 {
        addresses.failed(peer, 0);
    }
    assert_eq!(addresses.check(peer, 0), Err(300));
    assert_eq!(addresses.check(peer, 3600 * SECOND), Ok(()));
    for n in 0..1000_u32 {
        addresses.failed(IpAddr::V4(n.into()), 1);
    }
    assert_eq!(addresses.lock().len(), 10);
    assert_eq!(addresses.check(peer, 1), Err(300));
}

#[test]
fn a_client_is_locked_for_one_address_alone() {
    let clients = Clients::with_capacity(640);
    let guess = |client, from: &str| Guess { zone: Uuid::nil(), client, from: address(from) };
    let (here, there) = ("192.0.2.1", "192.0.2.2");
    for n in 0..5 {
        assert_eq!(clients.check(guess("app", here), &UAA, n), Ok(()));
        clients.failed(guess("app", here), &UAA, n);
    }
    assert!(clients.check(guess("app", here), &UAA, 5).is_err());
    for other in
        [guess("app", there), guess("other", here), Guess { zone: Uuid::max(), ..guess("app", here) }]
    {
        assert_eq!(clients.check(other, &UAA, 5), Ok(()));
    }
    assert_eq!(clients.check(guess("app", here), &UAA, 301 * SECOND), Ok(()));
    // A whole /64 is one address, and only failures in a row count.
    for n in 0..4 {
        clients.failed(guess("six", &format!("2001:db8::{n}")), &UAA, n);
    }
    clients.succeeded(guess("six", "2001:db8::9"));
    clients.failed(guess("six", "2001:db8::1"), &UAA, 10);
    assert_eq!(clients.check(guess("six", "2001:db8::1"), &UAA, 11), Ok(()));
    // Bounded, whatever names and addresses come.
    for n in 0..10_000_u32 {
        let name = format!("{n}{}", "x".repeat(1_000));
        clients.failed(Guess { zone: Uuid::nil(), client: &name, from: IpAddr::V4(n.into()) }, &UAA, 20);
    }
    assert!(clients.len() <= 640, "{}", clients.len());
}
