//! What progenitor does alone, in a process of its own.

use ::progenitor::Generator;
use serde_json::Value;
use std::{fs, path::Path, process::ExitCode};

/// The word by which this program is asked to run it; a directory of documents follows.
pub(crate) const CHILD: &str = "run-progenitor";

/// The code of a client, formatted; or why there is none.
pub(crate) fn generated(document: Value) -> Result<String, String> {
    let document = serde_json::from_value(document).map_err(|why| why.to_string())?;
    let tokens = Generator::default().generate_tokens(&document).map_err(|why| why.to_string())?;
    let file = syn::parse2(tokens).map_err(|why| why.to_string())?;
    Ok(prettyplease::unparse(&file))
}

/// Generates code for each document of a directory.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let [directory] = arguments else { return ExitCode::FAILURE };
    match all(Path::new(directory)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn all(directory: &Path) -> Result<(), String> {
    each(directory, |path, code| {
        let path = path.with_extension("rs.txt");
        fs::write(&path, code).and_then(|()| fs::remove_file(path)).map_err(|why| why.to_string())
    })
}

/// How many lines it writes for the documents of a directory.
pub(super) fn written(directory: &Path) -> Result<usize, String> {
    let mut lines = 0;
    each(directory, |_, code| {
        lines += code.lines().count();
        Ok(())
    })?;
    Ok(lines)
}

fn each(
    directory: &Path,
    mut use_it: impl FnMut(&Path, String) -> Result<(), String>,
) -> Result<(), String> {
    for entry in fs::read_dir(directory).map_err(|why| why.to_string())? {
        let path = entry.map_err(|why| why.to_string())?.path();
        let text = fs::read(&path).map_err(|why| why.to_string())?;
        let document = serde_json::from_slice(&text).map_err(|why| why.to_string())?;
        let code = generated(document).map_err(|why| format!("{}: {why}", path.display()))?;
        use_it(&path, code)?;
    }
    Ok(())
}
