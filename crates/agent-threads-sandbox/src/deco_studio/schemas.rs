//! The inputs of the tools and the body of a posted message.

use super::zod::{Field, OPTIONAL, REQUIRED, Shape};

const LIMIT: Field = ("limit", Shape::Whole(1, 1000), OPTIONAL);
const OFFSET: Field = ("offset", Shape::Whole(0, i64::MAX), OPTIONAL);
const ORDER_BY: Field = ("orderBy", Shape::List(&Shape::Object(ORDER), 0, usize::MAX), OPTIONAL);
const NULLABLE: Shape = Shape::OrNull(&Shape::Text);
const TEXTS: Shape = Shape::List(&Shape::Text, 0, usize::MAX);

const ORDER: &[Field] = &[
    ("field", TEXTS, REQUIRED),
    ("direction", Shape::OneOf(&["asc", "desc"]), REQUIRED),
    ("nulls", Shape::OneOf(&["first", "last"]), OPTIONAL),
];

pub(super) const NOTHING: Shape = Shape::Object(&[]);
pub(super) const BY_ID: Shape = Shape::Object(&[("id", Shape::Text, REQUIRED)]);

pub(super) const COLLECTION: Shape =
    Shape::Object(&[("where", Shape::Where, OPTIONAL), ORDER_BY, LIMIT, OFFSET]);

pub(super) const CONNECTIONS: Shape = Shape::Object(&[
    ("where", Shape::Where, OPTIONAL),
    ORDER_BY,
    LIMIT,
    OFFSET,
    ("binding", Shape::Any, OPTIONAL),
    ("include_virtual", Shape::Flag, OPTIONAL),
    ("slug", Shape::Text, OPTIONAL),
]);

pub(super) const CREATE_THREAD: Shape = Shape::Object(&[(
    "data",
    Shape::Object(&[
        ("virtual_mcp_id", Shape::Text, REQUIRED),
        ("title", Shape::Text, OPTIONAL),
        ("description", NULLABLE, OPTIONAL),
        ("id", Shape::Text, OPTIONAL),
        ("branch", NULLABLE, OPTIONAL),
    ]),
    REQUIRED,
)]);

pub(super) const UPDATE_THREAD: Shape = Shape::Object(&[
    ("id", Shape::Text, REQUIRED),
    (
        "data",
        Shape::Object(&[
            ("title", Shape::Text, OPTIONAL),
            ("description", NULLABLE, OPTIONAL),
            ("hidden", Shape::Flag, OPTIONAL),
            (
                "status",
                Shape::OneOf(&["in_progress", "requires_action", "failed", "completed"]),
                OPTIONAL,
            ),
            ("metadata", Shape::Map(&Shape::Any, usize::MAX), OPTIONAL),
            ("branch", NULLABLE, OPTIONAL),
            ("virtual_mcp_id", Shape::Text, OPTIONAL),
        ]),
        REQUIRED,
    ),
]);

pub(super) const LIST_THREADS: Shape = Shape::Object(&[
    (
        "where",
        Shape::Object(&[
            ("created_by", Shape::Text, OPTIONAL),
            ("trigger_ids", Shape::List(&Shape::Text, 0, 1000), OPTIONAL),
            ("virtual_mcp_id", Shape::Text, OPTIONAL),
            ("hidden", Shape::Flag, OPTIONAL),
            ("has_trigger", Shape::Flag, OPTIONAL),
        ]),
        OPTIONAL,
    ),
    ORDER_BY,
    LIMIT,
    OFFSET,
    ("startDate", Shape::Text, OPTIONAL),
    ("endDate", Shape::Text, OPTIONAL),
    ("search", Shape::Text, OPTIONAL),
    ("status", Shape::Text, OPTIONAL),
    ("userId", Shape::Text, OPTIONAL),
    ("agentId", Shape::Text, OPTIONAL),
]);

pub(super) const LIST_MESSAGES: Shape = Shape::Object(&[
    ("thread_id", Shape::Text, OPTIONAL),
    ("where", Shape::Where, OPTIONAL),
    ORDER_BY,
    LIMIT,
    OFFSET,
]);

pub(super) const CREATE_AGENT: Shape = Shape::Object(&[(
    "data",
    Shape::Object(&[
        ("title", Shape::Text, REQUIRED),
        ("description", NULLABLE, OPTIONAL),
        ("icon", NULLABLE, OPTIONAL),
        ("status", Shape::OneOf(&["active", "inactive"]), OPTIONAL),
        ("pinned", Shape::Flag, OPTIONAL),
        ("metadata", Shape::Map(&Shape::Any, usize::MAX), OPTIONAL),
        ("connections", Shape::List(&Shape::Object(AGENT_CONNECTION), 0, usize::MAX), OPTIONAL),
        ("prompts", Shape::List(&Shape::Any, 0, usize::MAX), OPTIONAL),
    ]),
    REQUIRED,
)]);

const AGENT_CONNECTION: &[Field] = &[
    ("connection_id", Shape::Text, REQUIRED),
    ("selected_tools", Shape::OrNull(&TEXTS), OPTIONAL),
    ("selected_resources", Shape::OrNull(&TEXTS), OPTIONAL),
    ("selected_prompts", Shape::OrNull(&TEXTS), OPTIONAL),
];

const PERMISSIONS: Shape = Shape::Map(&Shape::List(&Shape::Text, 0, 500), 1000);
const METADATA: Field = ("metadata", Shape::Map(&Shape::Any, usize::MAX), OPTIONAL);

pub(super) const CREATE_KEY: Shape = Shape::Object(&[
    ("name", Shape::TextOf(1, 64), REQUIRED),
    ("permissions", PERMISSIONS, REQUIRED),
    ("expiresIn", Shape::NumberFrom(300), OPTIONAL),
    METADATA,
]);

pub(super) const UPDATE_KEY: Shape = Shape::Object(&[
    ("keyId", Shape::Text, REQUIRED),
    ("name", Shape::TextOf(1, 64), OPTIONAL),
    ("permissions", PERMISSIONS, OPTIONAL),
    METADATA,
]);

pub(super) const DELETE_KEY: Shape = Shape::Object(&[("keyId", Shape::Text, REQUIRED)]);

pub(super) const AGENT: Shape = Shape::Object(&[("id", Shape::Text, REQUIRED)]);

const MESSAGE: &[Field] = &[
    ("role", Shape::OneOf(&["user", "assistant", "system"]), REQUIRED),
    ("parts", Shape::List(&Shape::Object(&[]), 0, usize::MAX), REQUIRED),
    ("id", Shape::Text, OPTIONAL),
    ("metadata", Shape::Any, OPTIONAL),
];

/// A posted message, without its `agent`.
pub(super) const POST: &[Field] = &[
    ("messages", Shape::List(&Shape::Object(MESSAGE), 1, usize::MAX), REQUIRED),
    (
        "tier",
        Shape::OneOf(&["fast", "smart", "thinking", "image", "web_search", "deep_research"]),
        OPTIONAL,
    ),
    ("temperature", Shape::Number, OPTIONAL),
    ("toolApprovalLevel", Shape::OneOf(&["auto", "readonly"]), OPTIONAL),
    (
        "mode",
        Shape::OneOf(&["default", "plan", "web-search", "deep-research", "gen-image"]),
        OPTIONAL,
    ),
    (
        "memory",
        Shape::Object(&[
            ("windowSize", Shape::Whole(i64::MIN, i64::MAX), OPTIONAL),
            ("thread_id", Shape::Text, REQUIRED),
        ]),
        OPTIONAL,
    ),
    ("thread_id", Shape::Text, OPTIONAL),
    ("stream", Shape::Flag, OPTIONAL),
    ("branch", NULLABLE, OPTIONAL),
    ("harnessId", Shape::OrNull(&Shape::OneOf(&["claude-code", "codex", "decopilot"])), OPTIONAL),
    (
        "sandboxProviderKind",
        Shape::OrNull(&Shape::OneOf(&["agent-sandbox", "user-desktop", "cluster"])),
        OPTIONAL,
    ),
];
