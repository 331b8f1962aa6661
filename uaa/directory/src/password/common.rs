/// Whether very many people use that password, in capitals or not: one of the ten thousand most frequent ones that were found in
/// leaks. The list lies in the program, so that nobody is told what is looked up.
///
/// Source: Mark Burnett's list of ten million passwords, which he gave to the public domain.
pub fn is_common(password: &str) -> bool {
    let wanted = password.to_lowercase();
    let (mut from, mut to) = (0, LIST.len());
    while from < to {
        // The line around the middle, as the lines are of different lengths.
        let middle = usize::midpoint(from, to);
        let start = LIST[from..middle].rfind('\n').map_or(from, |at| from + at + 1);
        let end = LIST[middle..to].find('\n').map_or(to, |at| middle + at);
        match LIST[start..end].cmp(&wanted) {
            Ordering::Equal => return true,
            Ordering::Less => from = (end + 1).min(to),
            Ordering::Greater => to = start,
        }
    }
    false
}

use std::cmp::Ordering;

/// In the order of their bytes, in lower case, one a line. ASCII, so that each place in it is one of a character.
const LIST: &str = include_str!("common.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_list_and_nothing_beside_it() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.len() >= 9_000 && LIST.is_ascii());
        assert!(lines.is_sorted() && lines.iter().all(|line| !line.is_empty()));
        assert!(lines.iter().all(|line| is_common(line)));
        for other in ["", "\n", "123456\n1234567", "correct horse battery staple", "zzzzzzzzzzzzz", "~", "ä"]
        {
            assert!(!is_common(other), "{other:?}");
        }
        assert!(is_common("PassWord1") && is_common("qwerty"));
    }
}
