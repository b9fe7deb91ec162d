//! The title that a thread takes from its first message.

/// The most UTF-16 units in a title.
const LONGEST: usize = 80;

/// The first paragraph on one line, cut where it is too long.
pub(super) fn title(message: &str) -> String {
    let lines = message.trim().lines().take_while(|line| !line.trim().is_empty());
    let words: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    let line = words.join(" ");
    if line.encode_utf16().count() <= LONGEST {
        return line;
    }
    let mut units = 0;
    let fits = |letter: &char| {
        units += letter.len_utf16();
        units < LONGEST
    };
    let cut: String = line.chars().take_while(fits).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_paragraph_on_one_line() {
        assert_eq!(title("First part.\nSecond  part.\n \nMore."), "First part. Second part.");
        assert_eq!(title("# Plan\n\nText"), "# Plan");
        assert_eq!(title("Grüße 👋🏽 \u{0} Ende"), "Grüße 👋🏽 \u{0} Ende");
    }

    #[test]
    fn a_long_title_is_cut_to_eighty_characters_with_its_ellipsis() {
        assert_eq!(title(&"b".repeat(80)), "b".repeat(80));
        assert_eq!(title(&"b".repeat(81)), format!("{}…", "b".repeat(79)));
        let words = format!("{} end", "b".repeat(78));
        assert_eq!(title(&words), format!("{}…", "b".repeat(78)));
    }
}
