//! Conditions on what is listed.

use crate::types::{WhereExpression, WhereOperator};
use serde_json::Value;

impl WhereExpression {
    /// Holds for what compares so to a value. The field is given by the names that lead to it.
    ///
    /// ```
    /// # use agent_threads_deco_studio::types::{ListAgents, WhereExpression, WhereOperator};
    /// let newer = WhereExpression::compare(["created_at"], WhereOperator::Gt, "2026-08-01");
    /// let active = WhereExpression::eq(["status"], "active");
    /// let agents = ListAgents::new().where_(WhereExpression::all([active, newer]));
    /// ```
    pub fn compare(
        field: impl IntoIterator<Item = impl Into<String>>,
        operator: WhereOperator,
        value: impl Into<Value>,
    ) -> Self {
        Self::new(operator).field(field).value(value)
    }

    /// Holds for what equals a value.
    pub fn eq(field: impl IntoIterator<Item = impl Into<String>>, value: impl Into<Value>) -> Self {
        Self::compare(field, WhereOperator::Eq, value)
    }

    /// Holds where all of the conditions hold.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::new(WhereOperator::And).conditions(conditions)
    }

    /// Holds where any of the conditions holds.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::new(WhereOperator::Or).conditions(conditions)
    }

    /// Holds where the condition does not.
    pub fn none(condition: Self) -> Self {
        Self::new(WhereOperator::Not).conditions([condition])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_are_written_as_documented() {
        let condition = WhereExpression::any([
            WhereExpression::eq(["status"], "active"),
            WhereExpression::none(WhereExpression::compare(
                ["a", "b"],
                WhereOperator::In,
                vec![1, 2],
            )),
            WhereExpression::all([WhereExpression::eq(["icon"], Value::Null)]),
        ]);
        let expected = json!({ "operator": "or", "conditions": [
            { "field": ["status"], "operator": "eq", "value": "active" },
            { "operator": "not", "conditions": [{ "field": ["a", "b"], "operator": "in", "value": [1, 2] }] },
            { "operator": "and", "conditions": [{ "field": ["icon"], "operator": "eq", "value": null }] },
        ] });
        assert_eq!(serde_json::to_value(condition).unwrap(), expected);
    }
}
