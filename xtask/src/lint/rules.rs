//! Rules about what is said of the fields of a request together, and of fields that only some dialects have.

use super::dialects;
use crate::diagnostic::Diagnostic;
use crate::spec::{Node, Spec};
use std::collections::BTreeSet;

/// The words of a property.
const OF_PROPERTY: [&str; 4] = ["x-dialect", "x-required-in", "x-needs", "x-excludes"];

/// The word of the schema around it.
const ANY_OF: &str = "x-any-of-required";

/// Checks every schema that has such a word, and that none stands where nobody looks for it.
pub(super) fn check(spec: &Spec, out: &mut Vec<Diagnostic>) {
    let requests = spec.operations().into_iter().map(|operation| {
        operation.node.child("requestBody").child("content").child(super::operations::JSON)
    });
    let sent = spec.reachable(requests.collect::<Vec<_>>());
    let recursive = around(spec, &sent);
    for (name, schema) in spec.schemas() {
        for word in of_schema(&schema) {
            if !sent.contains(name) {
                out.push(word.complaint("no JSON that is sent holds this; remove it"));
            } else if let Some(other) = recursive.iter().find(|other| reaches(spec, other, name)) {
                out.push(word.complaint(format!(
                    "the generator does not support it inside of `{other}`, which holds itself"
                )));
            }
        }
        Schema { spec, node: &schema }.check(out);
    }
    misplaced(spec, &spec.root(), out);
}

/// The schemas among these that hold themselves.
fn around<'n>(spec: &Spec, names: &'n BTreeSet<String>) -> Vec<&'n String> {
    names.iter().filter(|name| spec.reachable(spec.schema(name)).contains(*name)).collect()
}

fn reaches(spec: &Spec, from: &str, to: &str) -> bool {
    spec.reachable(spec.schema(from)).contains(to)
}

/// The words of a schema and of its properties.
fn of_schema<'a>(schema: &Node<'a>) -> Vec<Node<'a>> {
    let properties = schema.child("properties").entries().into_iter();
    let of_property =
        |(_, property): (&str, Node<'a>)| OF_PROPERTY.map(|word| property.get(word)).into_iter();
    properties.flat_map(of_property).chain([schema.get(ANY_OF)]).flatten().collect()
}

/// Complains about words that stand neither on a property of a named schema nor on an operation.
fn misplaced(spec: &Spec, node: &Node<'_>, out: &mut Vec<Diagnostic>) {
    let operations = spec.operations();
    let fits = |node: &Node<'_>| {
        let place: Vec<_> = node.pointer.split('/').collect();
        matches!(place[..], ["", "components", "schemas", _, "properties", _])
            || operations.iter().any(|operation| operation.node.pointer == node.pointer)
    };
    let mut todo = vec![node.clone()];
    while let Some(node) = todo.pop() {
        for word in OF_PROPERTY.iter().filter_map(|word| node.get(word)) {
            // A property may have the name of a word.
            if !fits(&node) && !node.pointer.ends_with("/properties") {
                out.push(word.complaint("means something on a property of a named schema only"));
            }
        }
        todo.extend(node.branches().into_iter().map(|(_, child)| child));
    }
}

/// A named schema, by its own words.
struct Schema<'s, 'a> {
    spec: &'s Spec,
    node: &'s Node<'a>,
}

impl Schema<'_, '_> {
    fn check(&self, out: &mut Vec<Diagnostic>) {
        for (name, property) in self.node.child("properties").entries() {
            self.of_dialects(name, &property, out);
            for word in ["x-needs", "x-excludes"] {
                if let Some(word) = property.get(word) {
                    self.others(name, &word, out);
                }
            }
            let needs = property.texts("x-needs");
            for node in property.child("x-excludes").items() {
                if node.value.as_str().is_some_and(|other| needs.contains(&other)) {
                    out.push(node.complaint("stands in `x-needs` too; remove one"));
                }
            }
        }
        if let Some(word) = self.node.get(ANY_OF) {
            if word.items().len() < 2 {
                out.push(word.complaint("must name two at least; one alone is `required`"));
            }
            self.optional(&word, out);
        }
    }

    fn is_required(&self, name: &str) -> bool {
        self.node.texts("required").contains(&name)
    }

    fn of_dialects(&self, name: &str, property: &Node<'_>, out: &mut Vec<Diagnostic>) {
        for word in ["x-dialect", "x-required-in"].iter().filter_map(|word| property.get(word)) {
            dialects::some_of(self.spec, &word, out);
            if self.is_required(name) {
                out.push(
                    word.complaint("the property is `required` in all dialects; remove either"),
                );
            }
        }
        let known = property.texts("x-dialect");
        for node in property.child("x-required-in").items() {
            if !known.is_empty() && !node.value.as_str().is_some_and(|name| known.contains(&name)) {
                out.push(node.complaint("the property's `x-dialect` does not have it"));
            }
        }
    }

    /// The others that a property goes with, or does not.
    fn others(&self, name: &str, word: &Node<'_>, out: &mut Vec<Diagnostic>) {
        if self.is_required(name) {
            out.push(word.complaint(
                "the property is `required`, so this decides about the others; write it there",
            ));
        }
        if word.items().is_empty() {
            out.push(word.complaint("names no property; remove it"));
        }
        for node in word.items().iter().filter(|node| node.value == name) {
            out.push(node.complaint("is the property itself"));
        }
        self.optional(word, out);
    }

    /// What is named are other properties that may be left out.
    fn optional(&self, word: &Node<'_>, out: &mut Vec<Diagnostic>) {
        let names = word.items();
        for (index, node) in names.iter().enumerate() {
            let name = node.value.as_str().unwrap_or_default();
            if !self.node.child("properties").has(name) {
                out.push(node.complaint(format!("`{name}` is no property of this schema")));
            } else if self.is_required(name) {
                out.push(node.complaint(format!("`{name}` is `required`, and always set")));
            }
            if names[..index].iter().any(|earlier| earlier.value == node.value) {
                out.push(node.complaint(format!("`{name}` stands here already")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::Spec;

    const SEARCH: &str = "/components/schemas/Search";

    /// The complaints about the good document in which some text is replaced, with dialects.
    fn complaints(from: &str, to: &str) -> Vec<String> {
        let good = include_str!("good.yaml");
        assert_eq!(good.matches(from).count(), 1, "{from:?} must stand in good.yaml once");
        let dialects = "  x-vendor: Notes\n  x-dialects: { env: D, names: { old: A., new: B. } }\n";
        let text = good.replace(from, to).replace("  x-vendor: Notes\n", dialects);
        let complaints = super::super::lint(&Spec::parse(&text, "good.yaml").unwrap());
        complaints.iter().map(|d| format!("{}: {}", d.pointer, d.message)).collect()
    }

    #[track_caller]
    fn refuses(from: &str, to: &str, pointer: &str, says: &str) {
        let found = complaints(from, to);
        let place = format!("{pointer}: ");
        assert!(
            found.iter().any(|f| f.starts_with(&place) && f.contains(says)),
            "expected {place}...{says}\n   found {found:#?}"
        );
    }

    /// A property of the good document's search, with these words.
    fn of(words: &str) -> (&'static str, String) {
        let score = "score: { type: number, format: double, ";
        (score, format!("{score}{words}, "))
    }

    #[test]
    fn fields_of_a_request_may_go_together_or_not() {
        for words in [
            "x-dialect: [new]",
            "x-required-in: [new]",
            "x-dialect: [new], x-required-in: [new]",
            "x-needs: [most, before]",
            "x-excludes: [most]",
            "x-needs: [most], x-excludes: [before]",
        ] {
            let (from, to) = of(words);
            assert_eq!(complaints(from, &to), [] as [&str; 0], "{words}");
        }
        for (words, place, says) in [
            ("x-dialect: []", "/x-dialect", "names no dialect"),
            ("x-dialect: [new, old]", "/x-dialect", "names all"),
            ("x-required-in: [never]", "/x-required-in/0", "known: old, new"),
            ("x-dialect: [new], x-required-in: [old]", "/x-required-in/0", "does not have it"),
            ("x-needs: []", "/x-needs", "names no property"),
            ("x-needs: [other]", "/x-needs/0", "is no property"),
            ("x-needs: [score]", "/x-needs/0", "the property itself"),
            ("x-needs: [words]", "/x-needs/0", "always set"),
            ("x-needs: [most, most]", "/x-needs/1", "stands here already"),
            ("x-excludes: [label]", "/x-excludes/0", "always set"),
            ("x-needs: [most], x-excludes: [most]", "/x-excludes/0", "`x-needs` too"),
        ] {
            let (from, to) = of(words);
            refuses(from, &to, &format!("{SEARCH}/properties/score{place}"), says);
        }
    }

    #[test]
    fn what_is_required_is_not_bound_to_others() {
        let label = "label: { type: string, description: A label. }";
        for (words, says) in [
            ("x-dialect: [new]", "in all dialects"),
            ("x-required-in: [new]", "in all dialects"),
            ("x-needs: [most]", "decides about the others"),
            ("x-excludes: [most]", "decides about the others"),
        ] {
            let word = words.split(':').next().unwrap();
            let to = label.replace(" }", &format!(", {words} }}"));
            refuses(label, &to, &format!("{SEARCH}/properties/label/{word}"), says);
        }
    }

    #[test]
    fn one_of_several_may_be_required() {
        let required = "required: [words, label]";
        let with = |names: &str| format!("{required}\n      x-any-of-required: {names}");
        assert_eq!(complaints(required, &with("[most, score]")), [] as [&str; 0]);
        let pointer = format!("{SEARCH}/x-any-of-required");
        refuses(required, &with("[most]"), &pointer, "two at least");
        refuses(required, &with("[most, other]"), &format!("{pointer}/1"), "no property");
        refuses(required, &with("[most, label]"), &format!("{pointer}/1"), "always set");
        let color = "description: A color.";
        let to = format!("{color}\n      x-any-of-required: [a, b]");
        refuses(color, &to, "/components/schemas/Color/x-any-of-required", "without `properties`");
    }

    #[test]
    fn only_what_is_sent_has_rules_and_only_on_properties() {
        let labels = "labels: { type: array, nullable: true, ";
        let to = format!("{labels}x-dialect: [new], ");
        let pointer = "/components/schemas/Note/properties/labels/x-dialect";
        refuses(labels, &to, pointer, "no JSON that is sent");
        let tags = "tags: { type: array, description: Its tags., items: { type: string";
        let to = format!("{tags}, x-needs: [text]");
        let pointer = "/components/schemas/NewNote/properties/tags/items/x-needs";
        refuses(tags, &to, pointer, "on a property of a named schema only");
        let note = "description: A note to be added.";
        let to = format!("{note}\n      x-dialect: [new]");
        refuses(note, &to, "/components/schemas/NewNote/x-dialect", "on a property");
        let after = "description: Only what is newer., schema: { type: integer, ";
        let to = format!("{after}x-dialect: [new], ");
        let pointer = "/paths/~1notes~1{noteId}/get/parameters/1/schema/x-dialect";
        refuses(after, &to, pointer, "on a property");
    }

    #[test]
    fn no_rule_stands_inside_of_what_holds_itself() {
        let tags = "tags: { type: array, description: Its tags., items: { type: string } }";
        let to = "tags: { type: array, description: Its tags., items: { $ref: '#/components/schemas/NewNote' } }
        more: { type: string, description: More., x-needs: [tags] }";
        let pointer = "/components/schemas/NewNote/properties/more/x-needs";
        refuses(tags, to, pointer, "inside of `NewNote`, which holds itself");
    }
}
