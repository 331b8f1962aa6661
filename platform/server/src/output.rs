//! Where commands speak to people.

use std::io::{self, Write};

/// Where a command speaks to the person who typed it. Logs go elsewhere.
pub struct Output(Box<dyn Write + Send>);

impl Output {
    /// For results.
    pub fn stdout() -> Self {
        Output(Box::new(io::stdout()))
    }

    /// For what went wrong.
    pub fn stderr() -> Self {
        Output(Box::new(io::stderr()))
    }

    /// One or more whole lines, shown at once.
    pub fn line(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        // Nobody reads any more when this fails (`hallmark … | head`): nothing is left to say.
        let _ = writeln!(self.0, "{}", text.trim_end_matches('\n')).and_then(|()| self.0.flush());
    }
}
