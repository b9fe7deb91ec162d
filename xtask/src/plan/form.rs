//! Forms that carry a file.

use super::{FileField, Object};
use crate::spec::Node;

/// Makes the object for a schema the one for a form.
pub(super) fn fill(object: &mut Object, schema: &Node<'_>) {
    let properties = schema.child("properties").entries();
    let is_file = |(_, property): &&(&str, Node<'_>)| property.text("format") == Some("binary");
    let Some((name, property)) = properties.iter().find(is_file) else { return };
    let max_bytes = property.child("x-max-bytes").value.as_u64();
    if let (Some(max), Some(docs)) = (max_bytes, object.fields.get_mut(*name)) {
        docs.text += &format!(
            "\n\nAt most {max} bytes: a longer one is refused before anything of it is read or sent, or while it is \
             sent if its length is not known before."
        );
    }
    object.form = Some(FileField { name: (*name).to_owned(), max_bytes });
}
