//! Text for a reader with a fixed width.

/// Breaks at spaces; what has none keeps its line, so that an address stays whole.
pub(super) fn wrap(text: &str, columns: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// The text of a message with markup: tags go, and what was filled in becomes again what it was.
pub(super) fn without_markup(html: &str) -> String {
    let mut text = String::new();
    for (index, piece) in html.split('<').enumerate() {
        let outside = if index == 0 { piece } else { piece.split_once('>').map_or("", |(_, rest)| rest) };
        text.push_str(outside);
    }
    // The ampersand last: otherwise a written-out `&lt;` would be undone twice.
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Columns in a terminal: East Asian letters take two (Unicode Standard Annex 11).
fn width(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_they_may() {
        assert_eq!(wrap("one two three", 7), "one two\nthree");
        assert_eq!(wrap("https://a.example/very/long to", 10), "https://a.example/very/long\nto");
        assert_eq!(wrap("가나 다라", 8), "가나\n다라");
        assert_eq!(wrap("", 8), "");
    }

    #[test]
    fn markup_goes_and_text_stays() {
        assert_eq!(without_markup("a <strong>&lt;b&gt; &amp;lt;</strong> c"), "a <b> &lt; c");
    }
}
