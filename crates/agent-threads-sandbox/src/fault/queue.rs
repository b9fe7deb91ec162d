//! The faults that wait for their request, and those that are chosen when it comes.

use std::sync::Mutex;

use super::Fault;
use crate::front::Vendor;
use crate::log::RecordedRequest;
use crate::sync::lock;

/// First in, first out among the faults that mean a request.
pub(crate) struct FaultQueue<V: Vendor> {
    entries: Mutex<Vec<(V::Target, Fault)>>,
    choosers: Mutex<Vec<(V::Target, Choose)>>,
}

type Choose = Box<dyn FnMut(&RecordedRequest) -> Option<Fault> + Send>;

impl<V: Vendor> Default for FaultQueue<V> {
    fn default() -> Self {
        Self { entries: Mutex::default(), choosers: Mutex::default() }
    }
}

impl<V: Vendor> FaultQueue<V> {
    pub(crate) fn push(&self, target: V::Target, fault: Fault) {
        if fault.times != Some(0) {
            lock(&self.entries).push((target, fault));
        }
    }

    /// Lets requests for which no fault is queued have one that is chosen when they come.
    pub(crate) fn choose(
        &self,
        target: V::Target,
        choose: impl FnMut(&RecordedRequest) -> Option<Fault> + Send + 'static,
    ) {
        lock(&self.choosers).push((target, Box::new(choose)));
    }

    pub(crate) fn clear(&self) {
        lock(&self.entries).clear();
        lock(&self.choosers).clear();
    }

    pub(crate) fn len(&self) -> usize {
        lock(&self.entries).len()
    }

    /// The fault for a request, if it is to have one. Counts the request.
    pub(crate) fn take(&self, request: &RecordedRequest, route: Option<&str>) -> Option<Fault> {
        let covers = |target| V::covers(target, &request.method, route);
        let mut entries = lock(&self.entries);
        let Some(first) = entries.iter().position(|(target, _)| covers(*target)) else {
            drop(entries);
            let mut choosers = lock(&self.choosers);
            let mut asked = choosers.iter_mut().filter(|(target, _)| covers(*target));
            return asked.find_map(|(_, choose)| choose(request));
        };
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
    use bytes::Bytes;
    use http::{Method, StatusCode};
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
        let request = http::Request::get(route).body(()).unwrap();
        let request = RecordedRequest::new(&request.into_parts().0, Bytes::new());
        let fault = queue.take(&request, Some(route))?;
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
    fn a_fault_is_chosen_where_none_is_queued_and_by_the_first_that_has_one() {
        let queue = FaultQueue::default();
        let mut asked = 0;
        queue.choose(Some("/a"), move |request| {
            asked += 1;
            assert_eq!(request.path, "/a");
            (asked == 2).then(|| Fault::empty(500))
        });
        queue.choose(None, |_| Some(Fault::empty(501)));
        queue.push(Some("/a"), Fault::empty(502));
        let seen: Vec<_> = (0..4).map(|_| taken(&queue, "/a")).collect();
        assert_eq!(seen, [Some(502), Some(501), Some(500), Some(501)]);
        assert_eq!((taken(&queue, "/b"), queue.len()), (Some(501), 0));
        queue.clear();
        assert_eq!(taken(&queue, "/a"), None);
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
