//! The states in which the vendor's API has been.

/// A state of the vendor's API. It grew by additions, so each has what those before it have.
///
/// What a generation lacks is not there: a field is absent, an operation is an unknown path, and what a request has of it is
/// passed over like any unknown field or header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Generation {
    /// Dispatch, get thread, follow up. What the vendor published first.
    #[default]
    G1,
    /// `config`, `runConfig`, `usage`, `recording`, cancelling.
    G2,
    /// `failureType`, and recordings that show `requested` first. The status `blocked` is the scripts' own in every generation.
    G3,
    /// `Idempotency-Key`, `ifIdle`, thinking `auto`, `startedAt`, `completedAt`, `provenance`, get agent, refusals of a paused agent.
    G4,
    /// Files for a task. Of these only the path is documented; the rest is that of the vendor's uploads for sessions.
    G5,
}
