//! The path parameters that a client is bound to.

use super::docs;
use crate::naming;
use crate::spec::{Node, Spec};

/// A path parameter that is the same in all calls of a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClientParameter {
    /// Its name in the path.
    pub(crate) name: String,
    /// The name of the method that tells it.
    pub(crate) method: String,
    pub(crate) env: String,
    pub(crate) docs: super::Docs,
}

/// The word that makes a parameter one.
const WORD: &str = "x-client-parameter";

/// All of a document, in the order of the paths.
pub(super) fn all(spec: &Spec) -> Vec<ClientParameter> {
    let mut found: Vec<ClientParameter> = Vec::new();
    for node in spec.operations().iter().flat_map(|operation| operation.parameters()) {
        let Some(parameter) = read(&node) else { continue };
        if !found.iter().any(|known| known.name == parameter.name) {
            found.push(parameter);
        }
    }
    found
}

fn read(node: &Node<'_>) -> Option<ClientParameter> {
    let word = node.get(WORD)?;
    let name = node.text("name")?.to_owned();
    let env = word.text("env").unwrap_or_default().to_owned();
    Some(ClientParameter { method: naming::snake(&name), name, env, docs: docs(node) })
}

/// The place in that list of a parameter of an operation.
pub(super) fn place(spec: &Spec, node: &Node<'_>) -> Option<usize> {
    let name = node.get(WORD).and(node.text("name"))?;
    all(spec).iter().position(|parameter| parameter.name == name)
}
