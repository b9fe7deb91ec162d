//! The document that progenitor sees: made anew, and of nothing but what it is asked to carry.

use crate::plan::Plan;
use crate::spec::{Node, OperationNode, PIECE, Spec};
use serde_json::{Map, Value, json};

/// Words of a schema that shape a type. All others stay behind: descriptions, which the generator writes itself, and
/// constraints and defaults, which are the vendor's to apply.
const SHAPE: [&str; 5] = ["type", "format", "nullable", "required", "additionalProperties"];

/// Makes that document.
pub(crate) fn project(spec: &Spec, plan: &Plan) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in spec.operations() {
        let item = paths.entry(operation.path).or_insert_with(|| json!({}));
        item[operation.method] = project_operation(&operation);
    }
    let schemas = spec.schemas().into_iter();
    let schemas: Map<_, _> =
        schemas.map(|(name, node)| (name.to_owned(), named(name, &node, plan))).collect();
    json!({
        "openapi": "3.0.3",
        "info": { "title": plan.vendor.name, "version": "0" },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// Without responses, progenitor takes every answer for bytes and leaves success and failure to the runtime.
fn project_operation(operation: &OperationNode<'_>) -> Value {
    let mut out = json!({ "operationId": operation.node.text("operationId"), "responses": {} });
    let key = operation.node.child("x-idempotency-key").text("header");
    let is_key = |name: &str| key.is_some_and(|header| header.eq_ignore_ascii_case(name));
    let parameters = operation.parameters().into_iter();
    let parameters =
        parameters.filter(|p| !p.text("name").is_some_and(is_key)).map(|p| parameter(&p));
    out["parameters"] = parameters.collect();
    if operation.node.has("requestBody") {
        // Of a form, too, only its schema is wanted. The call that would make JSON of it is left out later.
        let body = operation.body_schema();
        out["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema(&body) } } });
    }
    out
}

fn parameter(node: &Node<'_>) -> Value {
    json!({
        "name": node.text("name"),
        "in": node.text("in"),
        "required": node.flag("required"),
        "schema": schema(&node.child("schema")),
    })
}

fn named(name: &str, node: &Node<'_>, plan: &Plan) -> Value {
    if plan.open_types().contains(name) {
        // Written by the generator; progenitor is told to use that type in the place of this one.
        return json!({});
    }
    let mut out = schema(node);
    if let Some(tag) = plan.tag_of(name) {
        remove_property(&mut out, tag);
    }
    // An object is a struct, also one without fields, which would be a map if it were open.
    let empty = out["properties"].as_object().is_some_and(Map::is_empty);
    if let Some(words) = out.as_object_mut() {
        words.remove("additionalProperties");
        if empty {
            words.insert("additionalProperties".into(), false.into());
        }
    }
    out
}

fn remove_property(schema: &mut Value, name: &str) {
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove(name);
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|other| other != name);
    }
}

fn schema(node: &Node<'_>) -> Value {
    if let Some(name) = node.reference() {
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        return match node.flag("nullable") {
            true => json!({ "allOf": [reference], "nullable": true }),
            false => reference,
        };
    }
    let mut out = Map::new();
    for (word, child) in node.entries() {
        match word {
            "items" => out.insert(word.into(), schema(&child)),
            "properties" => out.insert(
                word.into(),
                child.entries().iter().map(|(k, v)| ((*k).to_owned(), schema(v))).collect(),
            ),
            "additionalProperties" if child.value.is_object() => {
                out.insert(word.into(), schema(&child))
            }
            "format" if child.value == PIECE => None,
            _ if SHAPE.contains(&word) => out.insert(word.into(), child.value.clone()),
            _ => None,
        };
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    fn good() -> Value {
        let spec = Spec::parse(include_str!("lint/good.yaml"), "good.yaml").unwrap();
        project(&spec, &plan(&spec))
    }

    #[test]
    fn no_operation_has_responses() {
        let doc = good();
        assert_eq!(doc["paths"]["/notes"]["post"]["responses"], json!({}));
        assert_eq!(doc["paths"]["/notes/{noteId}"]["get"]["responses"], json!({}));
    }

    #[test]
    fn parameters_keep_their_shape_and_nothing_else() {
        let expected = json!({ "name": "after", "in": "query", "required": false, "schema": { "type": "integer", "format": "int64" } });
        assert_eq!(good()["paths"]["/notes/{noteId}"]["get"]["parameters"][1], expected);
    }

    #[test]
    fn a_declared_key_stays_behind() {
        let text = include_str!("lint/good.yaml").replace(
            "operationId: addNote",
            "operationId: addNote\n      parameters: [{ name: note-key, in: header, description: K., schema: { type: string } }]",
        );
        let spec = Spec::parse(&text, "good.yaml").unwrap();
        assert_eq!(
            project(&spec, &plan(&spec))["paths"]["/notes"]["post"]["parameters"],
            json!([])
        );
    }

    #[test]
    fn open_types_are_hollow() {
        let schemas = &good()["components"]["schemas"];
        assert_eq!(schemas["Part"], json!({}));
        assert_eq!(schemas["Color"], json!({}));
    }

    #[test]
    fn arms_lose_their_tag_and_stay_structs() {
        let schemas = &good()["components"]["schemas"];
        assert_eq!(
            schemas["TextPart"],
            json!({ "type": "object", "required": ["body"], "properties": { "body": { "type": "string" } } })
        );
        assert_eq!(
            schemas["RulePart"],
            json!({ "type": "object", "required": [], "properties": {}, "additionalProperties": false })
        );
    }

    #[test]
    fn a_nullable_reference_stays_nullable() {
        let text = include_str!("lint/good.yaml").replace(
            "color: { $ref: \"#/components/schemas/Color\" }",
            "color: { nullable: true, description: A., allOf: [{ $ref: \"#/components/schemas/Color\" }] }",
        );
        let spec = Spec::parse(&text, "good.yaml").unwrap();
        let color =
            &project(&spec, &plan(&spec))["components"]["schemas"]["Note"]["properties"]["color"];
        assert_eq!(
            *color,
            json!({ "allOf": [{ "$ref": "#/components/schemas/Color" }], "nullable": true })
        );
    }
}
