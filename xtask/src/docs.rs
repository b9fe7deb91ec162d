//! Texts of a document as rustdoc.

use crate::plan::{Docs, Source};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Width of a line of documentation, without its indent and slashes.
const WIDTH: usize = 100;

/// What stands for the end of a line in an attribute, until the code is text. No document has it.
pub(crate) const LINE_END: char = '\u{1}';

/// The documentation of an item. It is one attribute, as parsing an attribute for each line would cost a third of a run.
pub(crate) fn attributes(markdown: &str) -> TokenStream {
    let mut text = String::with_capacity(markdown.len() + markdown.len() / 8);
    for (index, line) in markdown.trim().lines().enumerate() {
        if index > 0 {
            text.push(LINE_END);
        }
        let line = line.trim_end();
        if !line.is_empty() {
            text.push(' ');
            text.push_str(line);
        }
    }
    if text.is_empty() {
        return quote!();
    }
    let text = literal(&text);
    quote!(#[doc = #text])
}

/// A text as a literal: a raw one where that can be, of which no character need be escaped here and told from an escape
/// by the parser.
fn literal(text: &str) -> Literal {
    let raw = format!("r###\"{text}\"###");
    let whole = !text.contains("\"###");
    whole.then(|| raw.parse().ok()).flatten().unwrap_or_else(|| Literal::string(text))
}

/// The documentation of the module that a file is.
pub(crate) fn inner_attribute(line: &str) -> TokenStream {
    let line = literal(&format!(" {line}"));
    quote!(#![doc = #line])
}

/// A text of the document, made safe for rustdoc and wrapped.
pub(crate) fn prose(text: &str) -> String {
    let lines: Vec<_> = text.trim().lines().map(|line| wrap(&escape(line))).collect();
    lines.join("\n")
}

/// A text of the generator's own, in which Markdown means what it says, wrapped.
pub(crate) fn markdown(text: &str) -> String {
    wrap(text)
}

/// A text with its sources as a section, for items.
pub(crate) fn with_sources(docs: &Docs) -> String {
    join([prose(&docs.text), source_section(&docs.sources)])
}

/// A text with its sources in a paragraph, for what is too small for sections.
pub(crate) fn with_sources_below(docs: &Docs) -> String {
    join([prose(&docs.text), prose(&sources(&docs.sources))])
}

/// A text with its sources on one line, not yet made safe, for what is an item of a list.
pub(crate) fn with_sources_beside(docs: &Docs) -> String {
    let text = docs.text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{text} {}", sources(&docs.sources)).trim_end().to_owned()
}

/// An item of a list.
pub(crate) fn item(line: &str) -> String {
    prose(&format!("- {line}"))
}

fn sources(sources: &[Source]) -> String {
    match sources {
        [] => String::new(),
        sources => format!("Source: {}", sources.iter().map(source).collect::<Vec<_>>().join(" ")),
    }
}

/// Where something was written from.
pub(crate) fn source_section(sources: &[Source]) -> String {
    match sources {
        [] => String::new(),
        [one] => format!("# Source\n\n{}", prose(&source(one))),
        many => {
            let items: Vec<_> = many.iter().map(|s| item(&source(s))).collect();
            format!("# Source\n\n{}", items.join("\n"))
        }
    }
}

/// Paragraphs, without those that are empty.
pub(crate) fn join<const N: usize>(paragraphs: [String; N]) -> String {
    let filled: Vec<_> = paragraphs.into_iter().filter(|p| !p.is_empty()).collect();
    filled.join("\n\n")
}

fn source(source: &Source) -> String {
    let note = source.note.as_deref().map(|note| format!(" {note}")).unwrap_or_default();
    format!("\"{}\" ({}).{note}", source.page, source.tag)
}

/// Outside of code, a bare URL becomes a link, and what rustdoc would take for HTML or for a link becomes plain text.
fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (index, part) in line.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        match index % 2 {
            0 => out.push_str(&escape_text(part)),
            _ => out.push_str(part),
        }
    }
    out
}

fn escape_text(text: &str) -> String {
    // Most texts have nothing of the kind.
    if !text.contains(['<', '[']) && !text.contains("http") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(length) = url_length(rest) {
            let linked = out.ends_with('<') || out.ends_with("](");
            let url = &rest[..length];
            out.push_str(&if linked { url.to_owned() } else { format!("<{url}>") });
            rest = &rest[length..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let plain = match c {
            '<' => url_length(rest).is_none(),
            '[' => !rest.split_once(']').is_some_and(|(_, after)| after.starts_with('(')),
            _ => false,
        };
        if plain {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// How many bytes at the start of a text are a URL, without the punctuation that follows one in prose.
fn url_length(text: &str) -> Option<usize> {
    if !(text.starts_with("https://") || text.starts_with("http://")) {
        return None;
    }
    let end =
        text.find(|c: char| c.is_whitespace() || "<>()[]\"".contains(c)).unwrap_or(text.len());
    Some(text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']).len())
}

/// Breaks a line at spaces. The lines of a list item after its first are indented, so that they stay part of it.
fn wrap(line: &str) -> String {
    let indent = if line.starts_with("- ") { "  " } else { "" };
    let (mut out, mut length) = (String::new(), 0);
    for word in line.split(' ') {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > WIDTH {
            out.push('\n');
            out.push_str(indent);
            length = indent.len();
        } else if !out.is_empty() {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += word_length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rustdoc_would_misread_is_escaped() {
        assert_eq!(prose("a Vec<T> of [x]"), r"a Vec\<T> of \[x]");
        assert_eq!(
            prose("`Vec<T>` and [a](https://a.example)"),
            "`Vec<T>` and [a](https://a.example)"
        );
        assert_eq!(
            prose("see https://a.example/b?c=d, now."),
            "see <https://a.example/b?c=d>, now."
        );
        assert_eq!(prose("see <https://a.example>."), "see <https://a.example>.");
    }

    #[test]
    fn lines_are_wrapped_at_spaces() {
        let wrapped = prose(&format!("- {}", "word ".repeat(30)));
        assert!(wrapped.lines().all(|l| l.len() <= WIDTH), "{wrapped}");
        assert_eq!(wrapped.lines().count(), 2);
        assert!(wrapped.lines().nth(1).unwrap().starts_with("  word"));
        assert_eq!(prose("one\n\ntwo"), "one\n\ntwo");
    }

    #[test]
    fn sources_are_listed() {
        let source = |tag: &str, note: Option<&str>| Source {
            page: "API reference".into(),
            tag: tag.into(),
            note: note.map(str::to_owned),
        };
        assert_eq!(
            source_section(&[source("seed", None)]),
            "# Source\n\n\"API reference\" (seed)."
        );
        let two = source_section(&[source("seed", None), source("inferred", Some("The status."))]);
        assert_eq!(
            two,
            "# Source\n\n- \"API reference\" (seed).\n- \"API reference\" (inferred). The status."
        );
        let docs = Docs { text: "A thing.".into(), sources: vec![source("seed", None)] };
        assert_eq!(with_sources_below(&docs), "A thing.\n\nSource: \"API reference\" (seed).");
        assert_eq!(with_sources(&Docs { text: "A thing.".into(), sources: vec![] }), "A thing.");
    }
}
