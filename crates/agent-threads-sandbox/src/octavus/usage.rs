//! What runs cost.

use serde_json::{Value, json};

/// What a run costs. Nothing unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[must_use = "a usage does nothing until it is given to a script"]
pub struct Usage {
    cost_usd: f64,
    total_fee_usd: f64,
    byok: bool,
    input_tokens: u64,
    output_tokens: u64,
}

impl Usage {
    /// A run that costs nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the models cost, in US dollars.
    pub fn cost_usd(mut self, dollars: f64) -> Self {
        self.cost_usd = dollars;
        self
    }

    /// The fees, in US dollars.
    pub fn total_fee_usd(mut self, dollars: f64) -> Self {
        self.total_fee_usd = dollars;
        self
    }

    /// The models ran on keys of the customer's own.
    pub fn byok(mut self) -> Self {
        self.byok = true;
        self
    }

    /// The tokens read and written. The total is their sum.
    pub fn tokens(mut self, input: u64, output: u64) -> Self {
        (self.input_tokens, self.output_tokens) = (input, output);
        self
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            cost_usd: self.cost_usd + other.cost_usd,
            total_fee_usd: self.total_fee_usd + other.total_fee_usd,
            byok: self.byok || other.byok,
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
        }
    }

    pub(super) fn json(self) -> Value {
        json!({
            "currency": "USD",
            "costUsd": self.cost_usd,
            "totalFeeUsd": self.total_fee_usd,
            "byok": self.byok,
            "inputTokens": self.input_tokens,
            "outputTokens": self.output_tokens,
            "totalTokens": self.input_tokens.saturating_add(self.output_tokens),
        })
    }
}
