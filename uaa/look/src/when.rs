//! Times as people read them: first the time itself, then how far away it is.

use crate::words::{Said, Words};
use time::{Date, Month, OffsetDateTime, UtcOffset};
use uaa_model::Micros;

/// A moment, in the reader's language and clock where that is known.
pub(crate) struct When<'a> {
    at: OffsetDateTime,
    now: OffsetDateTime,
    words: &'a Words,
    utc: bool,
}

impl<'a> When<'a> {
    pub(crate) fn new(at: Micros, now: Micros, offset_minutes: Option<i16>, words: &'a Words) -> When<'a> {
        let offset =
            offset_minutes.and_then(|minutes| UtcOffset::from_whole_seconds(i32::from(minutes) * 60).ok());
        let local = |at: Micros| {
            let at = OffsetDateTime::from_unix_timestamp(at.div_euclid(1_000_000))
                .unwrap_or(OffsetDateTime::UNIX_EPOCH);
            at.checked_to_offset(offset.unwrap_or(UtcOffset::UTC)).unwrap_or(at)
        };
        When { at: local(at), now: local(now), words, utc: offset.is_none() }
    }

    /// For `datetime`: to the second, with its offset.
    pub(crate) fn iso(&self) -> String {
        let offset = if self.utc { "Z".into() } else { self.offset() };
        format!(
            "{}T{:02}:{:02}:{:02}{offset}",
            self.iso_date(),
            self.at.hour(),
            self.at.minute(),
            self.at.second()
        )
    }

    /// `14:37`, or `13:37 UTC` where the reader's clock is not known.
    pub(crate) fn clock(&self) -> String {
        let said = self.words.text("clock").with("minute", format!("{:02}", self.at.minute()));
        let said = said.count("minuteNumber", u32::from(self.at.minute()));
        self.zoned(self.with_hour(said, self.at.hour()).to_string())
    }

    /// `14:37 (UTC+01:00)`, for a message, which may be read under another clock than it was asked for.
    pub(crate) fn clock_named(&self) -> String {
        if self.utc {
            return self.clock();
        }
        self.words.text("clock-named").with("clock", self.clock()).with("offset", self.offset()).to_string()
    }

    /// `4 March 2026 at 14:37 (UTC+01:00)`, for a message that is read on another day.
    pub(crate) fn date_and_clock(&self) -> String {
        let said = self.words.text("date-at").with("date", self.date());
        said.with("clock", self.clock_named()).to_string()
    }

    /// `14:37:05`, for a time that is compared with one in a log.
    pub(crate) fn clock_seconds(&self) -> String {
        let said = self.words.text("clock-seconds").with("minute", format!("{:02}", self.at.minute()));
        let said = said.with("second", format!("{:02}", self.at.second()));
        self.zoned(self.with_hour(said, self.at.hour()).to_string())
    }

    /// `4 March 2026`.
    pub(crate) fn date(&self) -> String {
        let (year, month, day) = self.at.date().to_calendar_date();
        let said = self.words.text("date").with("year", year);
        said.count("month", u32::from(u8::from(month))).count("day", u32::from(day)).to_string()
    }

    /// `today`, `yesterday`, or the date.
    pub(crate) fn day(&self) -> String {
        match self.days_ago() {
            0 => self.words.text("today").to_string(),
            1 => self.words.text("yesterday").to_string(),
            _ => self.date(),
        }
    }

    /// How far from now, in either direction: `5 minutes`.
    pub(crate) fn span(&self) -> String {
        span(self.words, (self.at - self.now).whole_seconds())
    }

    /// The same with small numbers as words: `five minutes`.
    pub(crate) fn span_words(&self) -> String {
        span_words(self.words, (self.at - self.now).whole_seconds())
    }

    /// `40 seconds ago`, `2 hours ago`, `yesterday at 17:04`, or date and time.
    pub(crate) fn ago(&self) -> String {
        let seconds = (self.now - self.at).whole_seconds();
        match self.days_ago() {
            _ if seconds < 60 * 60 * 12 => self.words.text("ago").with("span", self.span()).to_string(),
            0 | 1 => {
                self.words.text("day-at").with("day", self.day()).with("clock", self.clock()).to_string()
            }
            _ => self.words.text("date-at").with("date", self.date()).with("clock", self.clock()).to_string(),
        }
    }

    /// Sets every form that a message may use.
    pub(crate) fn fill<const HTML: bool>(&self, said: Said<'a, HTML>) -> Said<'a, HTML> {
        let said = said.with("iso", self.iso()).with("clock", self.clock()).with("date", self.date());
        let said = said.with("day", self.day()).with("ago", self.ago());
        said.with("span", self.span()).with("spanWords", self.span_words())
    }

    fn offset(&self) -> String {
        let (hours, minutes, _) = self.at.offset().as_hms();
        let sign = if self.at.offset().is_negative() { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", hours.abs(), minutes.abs())
    }

    fn days_ago(&self) -> i32 {
        self.now.date().to_julian_day() - self.at.date().to_julian_day()
    }

    fn iso_date(&self) -> String {
        let (year, month, day): (i32, Month, u8) = Date::to_calendar_date(self.at.date());
        format!("{year:04}-{:02}-{day:02}", u8::from(month))
    }

    fn with_hour<'b>(&self, said: Said<'b, false>, hour: u8) -> Said<'b, false> {
        let half = if hour < 12 { "am" } else { "pm" };
        let twelve = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
        said.with("hour", format!("{hour:02}")).with("half", half).count("twelve", u32::from(twelve))
    }

    fn zoned(&self, clock: String) -> String {
        if self.utc { self.words.text("clock-utc").with("clock", clock).to_string() } else { clock }
    }
}

/// A length of time with small numbers as words: `one hour`.
pub(crate) fn span_words(words: &Words, seconds: i64) -> String {
    let (unit, count) = measure(seconds);
    words.text("span-words").with("unit", unit).count("count", count).to_string()
}

/// A length of time: `5 minutes`.
fn span(words: &Words, seconds: i64) -> String {
    let (unit, count) = measure(seconds);
    words.text("span").with("unit", unit).count("count", count).to_string()
}

/// The largest unit that says enough, rounded up: a pause must not seem over before it is.
fn measure(seconds: i64) -> (&'static str, u32) {
    let seconds = seconds.unsigned_abs();
    let (unit, length) = match seconds {
        0..=99 => ("seconds", 1),
        100..=5999 => ("minutes", 60),
        6000..=172_799 => ("hours", 60 * 60),
        _ => ("days", 24 * 60 * 60),
    };
    let (unit, length) = if seconds == 60 {
        ("minutes", 60)
    } else if seconds == 3600 {
        ("hours", 3600)
    } else {
        (unit, length)
    };
    (unit, u32::try_from(seconds.div_ceil(length)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::measure;

    #[test]
    fn a_length_of_time_is_never_said_too_short() {
        assert_eq!(measure(40), ("seconds", 40));
        assert_eq!(measure(-60), ("minutes", 1));
        assert_eq!(measure(241), ("minutes", 5));
        assert_eq!(measure(3600), ("hours", 1));
        assert_eq!(measure(7200), ("hours", 2));
        assert_eq!(measure(604_800), ("days", 7));
        assert_eq!(measure(i64::MIN).0, "days");
    }
}
