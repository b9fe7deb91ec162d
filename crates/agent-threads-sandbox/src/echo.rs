//! What an agent says when no script tells it to say something else.

/// How much of a message the answer quotes.
const QUOTED_CHARS: usize = 200;

pub(crate) fn echo(message: &str) -> String {
    let mut quoted: String = message.chars().take(QUOTED_CHARS).collect();
    if quoted.len() < message.len() {
        quoted.push('…');
    }
    format!("This is the sandbox's answer to \"{quoted}\".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_quotes_the_message_but_not_all_of_a_long_one() {
        assert_eq!(echo("Add up"), "This is the sandbox's answer to \"Add up\".");
        assert!(echo(&"ß".repeat(100_000)).chars().count() < 300);
    }
}
