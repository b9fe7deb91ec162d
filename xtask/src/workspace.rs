//! Where things are: the documents, and the crates that are generated from them.

use crate::diagnostic::Failure;
use std::path::{Path, PathBuf};

/// The root of the workspace.
pub(crate) struct Workspace {
    root: PathBuf,
}

/// A document and the directory of what is generated from it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// What it is called on the command line.
    pub(crate) name: String,
    /// Path of the document, relative to the root.
    pub(crate) spec: String,
    /// Path of the crate, relative to the root.
    pub(crate) package: String,
}

impl Workspace {
    /// The workspace that cargo runs this program for, or else the one that it was built in: two checkouts may share
    /// a target directory.
    pub(crate) fn this() -> Self {
        let own = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        Self::at(own.parent().unwrap_or(&own))
    }

    /// The workspace in a directory.
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The path of something that is known by its place in the workspace.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Every document, or the one of this name.
    pub(crate) fn targets(&self, name: Option<&str>) -> Result<Vec<Target>, Failure> {
        let all = self.all_targets()?;
        let Some(name) = name else { return Ok(all) };
        let known: Vec<_> = all.iter().map(|t| t.name.clone()).collect();
        match all.into_iter().find(|target| target.name == name) {
            Some(target) => Ok(vec![target]),
            None => Err(Failure::new(
                format!("openapi/{name}.yaml"),
                format!("there is no such document; known: {}", known.join(", ")),
            )),
        }
    }

    /// Every document in `openapi/`, and the made-up one, which stands with its own crate.
    fn all_targets(&self) -> Result<Vec<Target>, Failure> {
        let mut targets = Vec::new();
        for file in entries(&self.path("openapi"))? {
            if let Some(name) = file.strip_suffix(".yaml") {
                targets.push(Target {
                    name: name.to_owned(),
                    spec: format!("openapi/{file}"),
                    package: format!("crates/agent-threads-{name}"),
                });
            }
        }
        if self.path("tests/acme/openapi.yaml").exists() {
            targets.push(Target {
                name: "acme".into(),
                spec: "tests/acme/openapi.yaml".into(),
                package: "tests/acme".into(),
            });
        }
        Ok(targets)
    }

    /// The names of the vendors that have a generated crate, which are the facade's features too.
    pub(crate) fn vendors(&self) -> Result<Vec<String>, Failure> {
        let packages = entries(&self.path("crates"))?;
        let names = packages.iter().filter_map(|package| package.strip_prefix("agent-threads-"));
        let generated =
            |name: &&str| self.path(&format!("crates/agent-threads-{name}/src/generated")).is_dir();
        Ok(names.filter(generated).map(str::to_owned).collect())
    }
}

impl Target {
    /// The directory of generated code, relative to the root.
    pub(crate) fn generated(&self) -> String {
        format!("{}/src/generated", self.package)
    }
}

/// The names in a directory, sorted. There are none in one that does not exist.
pub(crate) fn entries(directory: &Path) -> Result<Vec<String>, Failure> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let fail = |e: std::io::Error| Failure::new(directory.display().to_string(), e);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(fail)? {
        names.push(entry.map_err(fail)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_up_vendor_is_a_target() {
        let targets = Workspace::this().targets(Some("acme")).unwrap();
        assert_eq!(targets[0].generated(), "tests/acme/src/generated");
    }

    #[test]
    fn an_unknown_name_is_an_error_that_lists_the_known_ones() {
        let failure = Workspace::this().targets(Some("acne")).unwrap_err().to_string();
        assert!(failure.contains("openapi/acne.yaml: there is no such document"), "{failure}");
        assert!(failure.contains("acme"), "{failure}");
    }
}
