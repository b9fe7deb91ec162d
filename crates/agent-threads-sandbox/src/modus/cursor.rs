//! Where in a run a stream begins.

use http::StatusCode;

use super::script::FIRST_MILLIS;
use crate::refusal::Refusal;
use crate::sse::Frame;

/// An id of the form `<ms>-<sequence>`, of which the sequence may be missing.
type StreamId = (u64, u64);

/// A `Last-Event-ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cursor<'a> {
    Start,
    After(&'a str),
}

impl<'a> Cursor<'a> {
    pub(super) fn new(last_event_id: Option<&'a str>) -> Self {
        match last_event_id.map(str::trim) {
            None | Some("") => Self::Start,
            Some(id) if parse(id) == Some((0, 0)) => Self::Start,
            Some(id) => Self::After(id),
        }
    }

    /// How many of the frames come before the first that this cursor has not seen. An id that no frame has stands between
    /// those of the frames.
    pub(super) fn position(self, frames: &[Frame]) -> Result<usize, Refusal> {
        let Self::After(id) = self else {
            return Ok(0);
        };
        let same = frames.iter().rposition(|frame| frame.id() == Some(id));
        if let Some(index) = same {
            return Ok(index + 1);
        }
        let Some(cursor) = parse(id) else {
            let message = "Last-Event-ID is not the id of an event";
            return Err(Refusal::with(StatusCode::BAD_REQUEST, message));
        };
        let is_seen = |frame: &Frame| frame.id().and_then(parse).is_some_and(|id| id <= cursor);
        Ok(frames.iter().rposition(is_seen).map_or(0, |index| index + 1))
    }
}

/// The id that an event after these frames gets, and its time.
pub(super) fn id_after(frames: &[Frame]) -> (String, u64) {
    let last = frames.iter().filter_map(|frame| parse(frame.id()?)).map(|(millis, _)| millis).max();
    let millis = last.map_or(FIRST_MILLIS, |millis| millis.saturating_add(1));
    (format!("{millis}-0"), millis)
}

fn parse(id: &str) -> Option<StreamId> {
    let (millis, sequence) = id.split_once('-').unwrap_or((id, "0"));
    let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse().ok(),
        false => None,
    };
    Some((number(millis)?, number(sequence)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(id: Option<&str>) -> Option<usize> {
        let frames = [
            Frame::data("a").with_id("100-0"),
            Frame::data("heartbeat"),
            Frame::data("b").with_id("101-0"),
            Frame::data("c").with_id("name"),
            Frame::data("d").with_id("1000-0"),
        ];
        Cursor::new(id).position(&frames).ok()
    }

    #[test]
    fn without_a_cursor_or_at_zero_everything_is_ahead() {
        for id in [None, Some(""), Some(" "), Some("0"), Some("0-0")] {
            assert_eq!(position(id), Some(0), "{id:?}");
        }
    }

    #[test]
    fn a_cursor_stands_right_after_its_event() {
        for (id, place) in [("100-0", 1), ("101-0", 3), ("name", 4), ("1000-0", 5)] {
            assert_eq!(position(Some(id)), Some(place), "{id}");
        }
    }

    #[test]
    fn a_cursor_that_no_event_has_is_placed_by_number() {
        for (id, place) in [("99-9", 0), ("100", 1), ("100-5", 1), ("999-0", 3), ("1001-0", 5)] {
            assert_eq!(position(Some(id)), Some(place), "{id}");
        }
    }

    #[test]
    fn what_cannot_be_an_id_is_refused() {
        for id in ["$", "a-0", "100-", "-1", "100-0-0", "+1-0", "99999999999999999999-0"] {
            assert_eq!(position(Some(id)), None, "{id}");
        }
    }
}
