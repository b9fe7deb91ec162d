//! What a run waits for, and the answers to it.

use crate::types::{ThreadMessage, ToolApproval, ToolState, UiMessage, UiPart};
use serde_json::{Value, json};

/// The tool by which an agent asks its user.
const QUESTION: &str = "user_ask";

/// Something that a run has stopped for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Pending {
    /// A question to the user. [`Run::reply`](crate::Run::reply) answers it.
    Question {
        /// The call that the answer is for.
        tool_call_id: String,
        /// What is asked: `prompt`, `type` (`text`, `choice` or `confirm`), `options` and `default`.
        input: Value,
    },
    /// A call of a tool that needs approval. [`Run::approve`](crate::Run::approve) and [`Run::deny`](crate::Run::deny) answer it.
    Approval {
        /// The call that the answer is for.
        tool_call_id: String,
        /// The tool's name.
        tool_name: String,
        /// What the tool would be given.
        input: Value,
    },
}

impl Pending {
    /// The call that the answer is for.
    pub fn tool_call_id(&self) -> &str {
        match self {
            Self::Question { tool_call_id, .. } | Self::Approval { tool_call_id, .. } => {
                tool_call_id
            }
        }
    }

    /// What is asked, of a question that has a text.
    pub fn prompt(&self) -> Option<&str> {
        match self {
            Self::Question { input, .. } => input.get("prompt")?.as_str(),
            Self::Approval { .. } => None,
        }
    }

    fn is_question(&self) -> bool {
        matches!(self, Self::Question { .. })
    }

    fn of(part: &UiPart) -> Option<Self> {
        let (name, id, state, input) = match part {
            UiPart::Tool(part) => (part.name(), &part.tool_call_id, &part.state, &part.input),
            UiPart::DynamicTool(part) => {
                (part.tool_name.as_str(), &part.tool_call_id, &part.state, &part.input)
            }
            _ => return None,
        };
        let (tool_call_id, input) = (id.clone(), input.clone().unwrap_or_default());
        match state {
            ToolState::InputAvailable if name == QUESTION => {
                Some(Self::Question { tool_call_id, input })
            }
            ToolState::ApprovalRequested => {
                Some(Self::Approval { tool_call_id, tool_name: name.to_owned(), input })
            }
            _ => None,
        }
    }
}

impl ThreadMessage {
    /// What the message waits for, in order.
    pub fn pending(&self) -> Vec<Pending> {
        self.parts.iter().filter_map(Pending::of).collect()
    }
}

/// An answer to something that a run has stopped for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// To a question.
    Reply {
        /// The call; `None` where the message asks one question only.
        tool_call_id: Option<String>,
        /// What the user says.
        response: Value,
    },
    /// To a call that needs approval.
    Decide {
        /// The call; `None` where one call only needs approval.
        tool_call_id: Option<String>,
        /// Whether it may be made.
        approved: bool,
        /// Why.
        reason: Option<String>,
    },
}

impl Answer {
    /// Answers the question of a call.
    pub fn reply(tool_call_id: impl Into<String>, response: impl Into<Value>) -> Self {
        Self::Reply { tool_call_id: Some(tool_call_id.into()), response: response.into() }
    }

    /// Lets a call be made.
    pub fn approve(tool_call_id: impl Into<String>) -> Self {
        Self::Decide { tool_call_id: Some(tool_call_id.into()), approved: true, reason: None }
    }

    /// Lets a call not be made.
    pub fn deny(tool_call_id: impl Into<String>) -> Self {
        Self::Decide { tool_call_id: Some(tool_call_id.into()), approved: false, reason: None }
    }

    fn tool_call_id(&self) -> Option<&String> {
        match self {
            Self::Reply { tool_call_id, .. } | Self::Decide { tool_call_id, .. } => {
                tool_call_id.as_ref()
            }
        }
    }

    /// Writes the answer into the message, and gives the call it is for, or says why it fits none.
    pub(crate) fn write(&self, message: &mut UiMessage) -> Result<String, String> {
        let is_reply = matches!(self, Self::Reply { .. });
        let fits = |pending: &Pending| {
            let is_named = self.tool_call_id().is_none_or(|id| id == pending.tool_call_id());
            pending.is_question() == is_reply && is_named
        };
        let mut found = Vec::new();
        for (at, part) in message.parts.iter().enumerate() {
            found.extend(Pending::of(part).filter(&fits).map(|pending| (at, pending)));
        }
        let what = if is_reply { "question" } else { "call that needs approval" };
        match found.as_slice() {
            [(at, pending)] => {
                let id = pending.tool_call_id().to_owned();
                self.write_part(&mut message.parts, *at);
                Ok(id)
            }
            [] => Err(match self.tool_call_id() {
                Some(id) => format!("`{id}` is no {what} of the thread's latest answer"),
                None => format!("the thread's latest answer has no {what}"),
            }),
            _ => Err(format!("the thread's latest answer has more than one {what}: name the call")),
        }
    }

    fn write_part(&self, parts: &mut [UiPart], at: usize) {
        match parts.get_mut(at) {
            Some(UiPart::Tool(part)) => {
                self.write_call(&mut part.state, &mut part.output, &mut part.approval);
            }
            Some(UiPart::DynamicTool(part)) => {
                self.write_call(&mut part.state, &mut part.output, &mut part.approval);
            }
            _ => {}
        }
    }

    /// All else of the approval goes back as it came.
    fn write_call(
        &self,
        state: &mut ToolState,
        output: &mut Option<Value>,
        approval: &mut Option<ToolApproval>,
    ) {
        match self {
            Self::Reply { response, .. } => {
                *state = ToolState::OutputAvailable;
                *output = Some(json!({ "response": response }));
            }
            Self::Decide { approved, reason, .. } => {
                *state = ToolState::ApprovalResponded;
                if let Some(approval) = approval {
                    approval.approved = Some(*approved);
                    if reason.is_some() {
                        approval.reason.clone_from(reason);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::needless_pass_by_value, reason = "so that json!(..) can be written in place")]
mod tests {
    use super::*;

    fn message(parts: Value) -> UiMessage {
        let message = json!({ "id": "msg_01", "role": "assistant", "parts": parts });
        serde_json::from_value(message).unwrap()
    }

    fn question(id: &str) -> Value {
        json!({ "type": "tool-user_ask", "toolCallId": id, "state": "input-available",
                "input": { "prompt": "Which colour?", "type": "choice", "options": ["Red", "Blue"] } })
    }

    fn approval(id: &str) -> Value {
        json!({ "type": "dynamic-tool", "toolName": "send", "toolCallId": id, "state": "approval-requested",
                "input": { "to": "a" }, "approval": { "id": "apr_1", "signature": "s", "more": [null] } })
    }

    #[test]
    fn a_reply_changes_the_part_it_answers_and_nothing_else() {
        let mut message = message(json!([{ "type": "text", "text": "Well." }, question("call_1")]));
        let mut expected = serde_json::to_value(&message).unwrap();
        expected["parts"][1]["state"] = json!("output-available");
        expected["parts"][1]["output"] = json!({ "response": "Red" });
        let reply = Answer::Reply { tool_call_id: None, response: "Red".into() };
        assert_eq!(reply.write(&mut message).unwrap(), "call_1");
        assert_eq!(serde_json::to_value(&message).unwrap(), expected);
    }

    #[test]
    fn an_approval_keeps_what_the_server_has_signed() {
        let mut message = message(json!([approval("call_2")]));
        let mut expected = serde_json::to_value(&message).unwrap();
        expected["parts"][0]["state"] = json!("approval-responded");
        expected["parts"][0]["approval"]["approved"] = json!(false);
        expected["parts"][0]["approval"]["reason"] = json!("not now");
        let deny = Answer::Decide {
            tool_call_id: Some("call_2".into()),
            approved: false,
            reason: Some("not now".into()),
        };
        assert_eq!(deny.write(&mut message).unwrap(), "call_2");
        assert_eq!(serde_json::to_value(&message).unwrap(), expected);
    }

    #[test]
    fn an_answer_that_fits_no_call_or_several_is_refused() {
        let all = json!([question("a"), question("b"), approval("c")]);
        let refused = |answer: Answer| answer.write(&mut message(all.clone())).unwrap_err();
        let any = Answer::Reply { tool_call_id: None, response: "x".into() };
        assert!(refused(any).contains("more than one question"));
        assert!(refused(Answer::reply("c", "x")).contains("`c` is no question"));
        assert!(refused(Answer::approve("a")).contains("`a` is no call"));
        let none = Answer::approve("z").write(&mut message(json!([]))).unwrap_err();
        assert!(none.contains("`z`"), "{none}");
        let approve = Answer::Decide { tool_call_id: None, approved: true, reason: None };
        assert_eq!(approve.write(&mut message(all)).unwrap(), "c");
    }
}
