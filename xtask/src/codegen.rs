//! From a document to the files of its crate.

use crate::check::{self, Drift};
use crate::cut;
use crate::diagnostic::{Diagnostic, Failure};
use crate::emit::{self, Files};
use crate::lint;
use crate::plan;
use crate::project;
use crate::spec::Spec;
use crate::workspace::{Target, Workspace};
use serde_json::Value;
use std::path::Path;

/// Generates the files of a document.
pub(crate) fn generate(spec: &Spec) -> Result<Files, Failure> {
    let complaints = lint::lint(spec);
    if !complaints.is_empty() {
        return Err(Failure(complaints));
    }
    let plan = plan::plan(spec);
    let projected = project::project(spec, &plan);
    let cut = cut::cut(projected, &plan.open_types(), &plan.file)?;
    emit::files(&plan, &cut)
}

/// What progenitor sees of a target's document.
pub(crate) fn projected(workspace: &Workspace, target: &Target) -> Result<Value, Failure> {
    let spec = Spec::load(&workspace.path(&target.spec), &target.spec)?;
    Ok(project::project(&spec, &plan::plan(&spec)))
}

/// Generates the files of a target and writes those that differ. Files that are left over go.
pub(crate) fn write(workspace: &Workspace, target: &Target) -> Result<Vec<Drift>, Failure> {
    let drifts = check(workspace, target)?;
    let directory = workspace.path(&target.generated());
    for drift in &drifts {
        apply(&directory, drift)
            .map_err(|e| Failure::new(format!("{}/{}", target.generated(), drift.file), e))?;
    }
    Ok(drifts)
}

/// Generates the files of a target and says where those on disk differ.
pub(crate) fn check(workspace: &Workspace, target: &Target) -> Result<Vec<Drift>, Failure> {
    if !workspace.path(&target.package).join("Cargo.toml").exists() {
        let message =
            format!("has no crate; make {}/Cargo.toml and src/lib.rs first", target.package);
        return Err(Failure::new(&target.spec, message));
    }
    let spec = Spec::load(&workspace.path(&target.spec), &target.spec)?;
    if let Some(complaint) = lint_manifest(workspace, target, &spec)? {
        return Err(Failure(vec![complaint]));
    }
    let files = generate(&spec)?;
    check::compare(&workspace.path(&target.generated()), &files)
}

/// What is wrong with the manifest of a target's crate, as far as its document asks for something. Without a crate there
/// is nothing to be wrong yet.
pub(crate) fn lint_manifest(
    workspace: &Workspace,
    target: &Target,
    spec: &Spec,
) -> Result<Option<Diagnostic>, Failure> {
    let file = format!("{}/Cargo.toml", target.package);
    let path = workspace.path(&file);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path).map_err(|e| Failure::new(&file, e))?;
    Ok(lint::manifest(spec, &file, &text))
}

fn apply(directory: &Path, drift: &Drift) -> std::io::Result<()> {
    let path = directory.join(&drift.file);
    match &drift.generated {
        None => std::fs::remove_file(path),
        Some(text) => {
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A workspace of its own that holds the made-up vendor, and goes when the test is over.
    struct Copy(PathBuf);

    impl Copy {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
            std::fs::create_dir_all(root.join("tests/acme")).unwrap();
            for file in ["tests/acme/openapi.yaml", "tests/acme/Cargo.toml"] {
                std::fs::copy(Workspace::this().path(file), root.join(file)).unwrap();
            }
            Self(root)
        }

        fn workspace(&self) -> Workspace {
            Workspace::at(&self.0)
        }

        fn edit(&self, file: &str, from: &str, to: &str) {
            let text = std::fs::read_to_string(self.0.join(file)).unwrap();
            assert!(text.contains(from), "{file} has no {from:?}");
            std::fs::write(self.0.join(file), text.replacen(from, to, 1)).unwrap();
        }
    }

    impl Drop for Copy {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn acme(workspace: &Workspace) -> Target {
        workspace.targets(Some("acme")).unwrap().remove(0)
    }

    #[test]
    fn what_is_committed_for_the_made_up_vendor_is_what_is_generated() {
        let workspace = Workspace::this();
        let drifts = check(&workspace, &acme(&workspace)).unwrap();
        let shown: String = drifts.iter().map(ToString::to_string).collect();
        assert!(drifts.is_empty(), "{shown}");
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        let workspace = Workspace::this();
        let target = acme(&workspace);
        let generated =
            || generate(&Spec::load(&workspace.path(&target.spec), &target.spec).unwrap()).unwrap();
        assert_eq!(generated(), generated());
    }

    #[test]
    fn a_changed_description_is_drift_until_it_is_written() {
        let copy = Copy::new("drift");
        let workspace = copy.workspace();
        let target = acme(&workspace);
        assert_eq!(write(&workspace, &target).unwrap().len(), 14);
        assert_eq!(check(&workspace, &target).unwrap(), []);
        copy.edit(
            "tests/acme/openapi.yaml",
            "What it has used so far.",
            "What it has cost so far.",
        );
        let drifts = check(&workspace, &target).unwrap();
        assert_eq!(drifts.len(), 1);
        let shown = drifts[0].to_string();
        assert!(
            shown
                .contains("-    /// What it has used so far.\n+    /// What it has cost so far.\n"),
            "{shown}"
        );
        write(&workspace, &target).unwrap();
        assert_eq!(check(&workspace, &target).unwrap(), []);
    }

    #[test]
    fn a_left_over_file_is_drift_until_it_is_removed() {
        let copy = Copy::new("left-over");
        let workspace = copy.workspace();
        let target = acme(&workspace);
        write(&workspace, &target).unwrap();
        let path = copy.0.join("tests/acme/src/generated/operations/gone.rs");
        std::fs::write(&path, "mod gone;").unwrap();
        let drifts = check(&workspace, &target).unwrap();
        assert_eq!(drifts[0].to_string(), "operations/gone.rs: left over; nothing generates it\n");
        write(&workspace, &target).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_document_without_tags_gives_one_file_of_operations() {
        let copy = Copy::new("no-tags");
        let workspace = copy.workspace();
        let target = acme(&workspace);
        write(&workspace, &target).unwrap();
        let path = copy.0.join("tests/acme/openapi.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once("\ntags:\n").unwrap();
        let (_, rest) = rest.split_once("\n\n").unwrap();
        let lines = head.lines().chain(rest.lines());
        let untagged: Vec<_> = lines.filter(|line| !line.starts_with("      tags: ")).collect();
        std::fs::write(&path, untagged.join("\n")).unwrap();
        write(&workspace, &target).unwrap();
        let generated = copy.0.join("tests/acme/src/generated");
        assert!(generated.join("operations.rs").exists());
        assert!(!generated.join("operations/mod.rs").exists());
    }

    #[test]
    fn a_document_without_a_crate_is_an_error() {
        let copy = Copy::new("no-crate");
        std::fs::remove_file(copy.0.join("tests/acme/Cargo.toml")).unwrap();
        let workspace = copy.workspace();
        let failure = check(&workspace, &acme(&workspace)).unwrap_err().to_string();
        assert!(
            failure.contains("tests/acme/openapi.yaml: has no crate; make tests/acme/Cargo.toml"),
            "{failure}"
        );
    }

    #[test]
    fn a_crate_without_the_feature_that_its_document_needs_is_not_generated() {
        let copy = Copy::new("feature");
        copy.edit("tests/acme/Cargo.toml", "provisional = []\n", "");
        let workspace = copy.workspace();
        let failure = check(&workspace, &acme(&workspace)).unwrap_err().to_string();
        assert!(failure.contains("tests/acme/Cargo.toml: has no feature"), "{failure}");
    }

    #[test]
    fn a_document_that_lint_refuses_is_not_generated() {
        let copy = Copy::new("lint");
        copy.edit(
            "tests/acme/openapi.yaml",
            "summary: Lists the agents.",
            "x-summary: Lists the agents.",
        );
        let workspace = copy.workspace();
        let failure = check(&workspace, &acme(&workspace)).unwrap_err();
        assert_eq!(failure.0.len(), 2, "{failure}");
        assert!(
            failure
                .to_string()
                .contains("tests/acme/openapi.yaml#/paths/~1v1~1agents/get: has no `summary`"),
            "{failure}"
        );
    }
}
