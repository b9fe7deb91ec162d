//! How the files on disk differ from those that would be generated.

use crate::diagnostic::Failure;
use crate::emit::Files;
use crate::workspace::entries;
use similar::TextDiff;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A file that is not as it would be generated.
#[derive(Debug, PartialEq)]
pub(crate) struct Drift {
    /// Path in the directory of generated code.
    pub(crate) file: String,
    /// What is there, if anything.
    pub(crate) on_disk: Option<String>,
    /// What should be there, if anything.
    pub(crate) generated: Option<String>,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (old, new) = (self.on_disk.as_deref(), self.generated.as_deref());
        if new.is_none() {
            return writeln!(f, "{}: left over; nothing generates it", self.file);
        }
        let diff = TextDiff::from_lines(old.unwrap_or_default(), new.unwrap_or_default());
        let (from, to) = (format!("{} on disk", self.file), format!("{} generated", self.file));
        write!(f, "{}", diff.unified_diff().context_radius(3).header(&from, &to))
    }
}

/// Compares a directory with what would be generated into it.
pub(crate) fn compare(directory: &Path, files: &Files) -> Result<Vec<Drift>, Failure> {
    let mut on_disk = BTreeMap::new();
    read(directory, "", &mut on_disk)?;
    let mut drifts = Vec::new();
    for (file, text) in files {
        let old = on_disk.remove(file);
        if old.as_ref() != Some(text) {
            drifts.push(Drift { file: file.clone(), on_disk: old, generated: Some(text.clone()) });
        }
    }
    for (file, text) in on_disk {
        drifts.push(Drift { file, on_disk: Some(text), generated: None });
    }
    Ok(drifts)
}

fn read(directory: &Path, prefix: &str, out: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    for name in entries(directory)? {
        let (path, file) = (directory.join(&name), format!("{prefix}{name}"));
        if path.is_dir() {
            read(&path, &format!("{file}/"), out)?;
        } else {
            let bytes =
                std::fs::read(&path).map_err(|e| Failure::new(path.display().to_string(), e))?;
            out.insert(file, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_shown_with_what_surrounds_it() {
        let drift = Drift {
            file: "a.rs".into(),
            on_disk: Some("one\ntwo\nthree\n".into()),
            generated: Some("one\n2\nthree\n".into()),
        };
        assert_eq!(
            drift.to_string(),
            "--- a.rs on disk\n+++ a.rs generated\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
        );
    }

    #[test]
    fn a_missing_file_is_all_new_and_a_left_over_one_is_named() {
        let missing = Drift { file: "a.rs".into(), on_disk: None, generated: Some("one\n".into()) };
        assert!(missing.to_string().ends_with("@@ -0,0 +1 @@\n+one\n"), "{missing}");
        let left = Drift { file: "b.rs".into(), on_disk: Some("one\n".into()), generated: None };
        assert_eq!(left.to_string(), "b.rs: left over; nothing generates it\n");
    }
}
