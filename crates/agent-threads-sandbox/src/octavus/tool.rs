//! The part that holds a tool call, and the rules by which calls and workers show.

use serde_json::{Map, Value, json};

use super::part::Part;

/// How much of a tool call or of a worker a reader of the thread sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Display {
    /// Nothing: there is no part.
    Hidden,
    /// The raw name, without arguments and result.
    Name,
    /// The label and the arguments; the result is not kept.
    #[default]
    Description,
    /// The label as a title, without arguments and result.
    Title,
    /// Everything.
    Stream,
}

impl Display {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::Name => "name",
            Self::Description => "description",
            Self::Title => "title",
            Self::Stream => "stream",
        }
    }
}

/// A `tool-call` part: its tool, what it got and gave, and how much of that shows.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a tool call does nothing until it is added to a script"]
pub struct ToolCall {
    name: String,
    label: Option<String>,
    args: Value,
    result: Option<Value>,
    error: Option<String>,
    cancelled: bool,
    display: Display,
}

impl ToolCall {
    /// A call without arguments that ends without a result.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: None,
            args: json!({}),
            result: None,
            error: None,
            cancelled: false,
            display: Display::default(),
        }
    }

    /// The text for people, shown as `displayName` in every mode but [`Display::Name`].
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The arguments, an object.
    pub fn args(mut self, args: impl Into<Value>) -> Self {
        self.args = args.into();
        self
    }

    /// The result, which shows in [`Display::Stream`] only.
    pub fn result(mut self, result: impl Into<Value>) -> Self {
        self.result = Some(result.into());
        self
    }

    /// Ends the call with the status `error`.
    pub fn fails(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// Ends the call with the status `cancelled`.
    pub fn cancelled(mut self) -> Self {
        self.cancelled = true;
        self
    }

    /// How much of the call shows; [`Display::Description`] unless set.
    pub fn display(mut self, display: Display) -> Self {
        self.display = display;
        self
    }
}

impl From<ToolCall> for Part {
    fn from(call: ToolCall) -> Self {
        let status = end_status(call.cancelled, call.error.is_some());
        let shows_args = matches!(call.display, Display::Description | Display::Stream);
        let mut fields = Map::from_iter([
            ("type".to_owned(), json!("tool-call")),
            ("toolName".to_owned(), json!(call.name)),
            ("args".to_owned(), if shows_args { call.args } else { json!({}) }),
            ("status".to_owned(), json!(status)),
            ("display".to_owned(), json!(call.display.as_str())),
        ]);
        let label = call.label.filter(|_| call.display != Display::Name);
        let result = call.result.filter(|_| call.display == Display::Stream);
        insert_some(&mut fields, "displayName", label);
        insert_some(&mut fields, "result", result);
        insert_some(&mut fields, "error", call.error);
        Self::from_json(Value::Object(fields)).hidden_if(call.display == Display::Hidden)
    }
}

pub(super) fn end_status(cancelled: bool, failed: bool) -> &'static str {
    match (cancelled, failed) {
        (true, _) => "cancelled",
        (false, true) => "error",
        (false, false) => "done",
    }
}

pub(super) fn insert_some(
    fields: &mut Map<String, Value>,
    name: &str,
    value: Option<impl Into<Value>>,
) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::octavus::part::with_ids;

    fn call(display: Display) -> Part {
        ToolCall::new("sheet__sum")
            .label("Adding up")
            .args(json!({ "col": "B" }))
            .result(json!([1, 2]))
            .display(display)
            .into()
    }

    #[test]
    fn each_display_mode_shows_what_the_vendor_says() {
        let part = |extra: Value| {
            let mut part =
                json!({ "type": "tool-call", "toolName": "sheet__sum", "status": "done" });
            for (name, value) in extra.as_object().unwrap() {
                part[name] = value.clone();
            }
            part
        };
        assert!(with_ids(&[call(Display::Hidden)], "m").is_empty());
        assert_eq!(call(Display::Name).json(), part(json!({ "display": "name", "args": {} })));
        assert_eq!(
            call(Display::Description).json(),
            part(
                json!({ "display": "description", "displayName": "Adding up", "args": { "col": "B" } })
            )
        );
        assert_eq!(
            call(Display::Title).json(),
            part(json!({ "display": "title", "displayName": "Adding up", "args": {} }))
        );
        assert_eq!(
            call(Display::Stream).json(),
            part(
                json!({ "display": "stream", "displayName": "Adding up", "args": { "col": "B" }, "result": [1, 2] })
            )
        );
    }

    #[test]
    fn a_call_that_fails_or_is_cancelled_says_so() {
        let failed = Part::from(ToolCall::new("t").fails("no access")).json();
        assert_eq!((&failed["status"], &failed["error"]), (&json!("error"), &json!("no access")));
        assert_eq!(Part::from(ToolCall::new("t").cancelled()).json()["status"], "cancelled");
    }
}
