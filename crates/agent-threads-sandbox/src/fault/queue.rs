//! The faults that wait for their request.

use std::sync::Mutex;

use http::Method;

use super::Fault;
use crate::front::Vendor;
use crate::sync::lock;

/// First in, first out among the faults that mean a request.
pub(crate) struct FaultQueue<V: Vendor> {
    entries: Mutex<Vec<(V::Target, Fault)>>,
}

impl<V: Vendor> Default for FaultQueue<V> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

impl<V: Vendor> FaultQueue<V> {
    pub(crate) fn push(&self, target: V::Target, fault: Fault) {
        if fault.times != Some(0) {
            lock(&self.entries).push((target, fault));
        }
    }

    pub(crate) fn clear(&self) {
        lock(&self.entries).clear();
    }

    pub(crate) fn len(&self) -> usize {
        lock(&self.entries).len()
    }

    /// The fault for a request, if it is to have one. Counts the request.
    pub(crate) fn take(&self, method: &Method, route: Option<&str>) -> Option<Fault> {
        let mut entries = lock(&self.entries);
        let first = entries.iter().position(|(target, _)| V::covers(*target, method, route))?;
        let fault = &mut entries[first].1;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let taken = fault.clone();
        match &mut fault.times {
            None => {}
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => drop(entries.remove(first)),
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};

    use super::super::Kind;
    use super::*;
    use crate::refusal::{ErrorText, VendorError};

    struct Plain;

    impl Vendor for Plain {
        type Target = Option<&'static str>;

        fn covers(target: Self::Target, _: &Method, route: Option<&str>) -> bool {
            target.is_none() || target == route
        }

        fn error_text(_: StatusCode) -> ErrorText {
            ErrorText { code: String::new(), message: String::new() }
        }

        fn error_body(_: &VendorError<'_>) -> Value {
            json!({})
        }
    }

    fn taken(queue: &FaultQueue<Plain>, route: &str) -> Option<u16> {
        let fault = queue.take(&Method::GET, Some(route))?;
        match fault.kind {
            Kind::Body { status, .. } => Some(status.as_u16()),
            _ => None,
        }
    }

    #[test]
    fn faults_of_one_target_come_in_order_after_what_they_skip_and_as_often_as_asked() {
        let queue = FaultQueue::default();
        queue.push(Some("/a"), Fault::empty(500).skip(1).times(2));
        queue.push(Some("/a"), Fault::empty(501));
        let seen: Vec<_> = (0..5).map(|_| taken(&queue, "/a")).collect();
        assert_eq!(seen, [None, Some(500), Some(500), Some(501), None]);
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn a_request_leaves_the_faults_of_other_targets_alone() {
        let queue = FaultQueue::default();
        queue.push(Some("/a"), Fault::empty(500));
        queue.push(None, Fault::empty(501));
        assert_eq!(taken(&queue, "/b"), Some(501));
        assert_eq!(taken(&queue, "/b"), None);
        assert_eq!(taken(&queue, "/a"), Some(500));
    }

    #[test]
    fn a_lasting_fault_ends_only_when_cleared_and_one_of_zero_times_never_begins() {
        let queue = FaultQueue::default();
        queue.push(None, Fault::empty(500).times(0));
        queue.push(None, Fault::empty(501).always());
        for _ in 0..3 {
            assert_eq!(taken(&queue, "/a"), Some(501));
        }
        queue.clear();
        assert_eq!(taken(&queue, "/a"), None);
    }
}
