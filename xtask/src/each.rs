//! Something done for each document, on all processors.

use crate::diagnostic::Failure;
use crate::workspace::{Target, Workspace};
use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

type Done = Result<String, Failure>;

/// What was done for each target, in their order.
///
/// The largest document comes first: begun last, it would leave a processor alone with it. There are no more threads than
/// processors, so that a thread has its memory at hand again for the next document.
pub(crate) fn each(
    workspace: &Workspace,
    targets: &[Target],
    action: impl Fn(&Target) -> Done + Sync,
) -> Vec<Done> {
    let queue = largest_first(workspace, targets);
    let (next, done) =
        (AtomicUsize::new(0), Vec::from_iter(targets.iter().map(|_| OnceLock::new())));
    let work = || {
        while let Some(&at) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            // No other thread has this place.
            let _ = done[at].set(action(&targets[at]));
        }
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 1..processors.min(targets.len()) {
            scope.spawn(work);
        }
        work();
    });
    done.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// The places of the targets. A document that cannot be read is found out by what is done with it.
fn largest_first(workspace: &Workspace, targets: &[Target]) -> Vec<usize> {
    let size = |target: &Target| {
        std::fs::metadata(workspace.path(&target.spec)).map_or(0, |document| document.len())
    };
    let mut places: Vec<_> = (0..targets.len()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(size(&targets[*place])));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_is_dealt_with_once_and_told_in_its_place() {
        let workspace = Workspace::this();
        let targets = workspace.targets(None).unwrap();
        assert!(targets.len() > 1);
        let calls = AtomicUsize::new(0);
        let done = each(&workspace, &targets, |target| {
            calls.fetch_add(1, Ordering::Relaxed);
            match target.name.as_str() {
                "acme" => Err(Failure::new("acme", "refused")),
                name => Ok(name.to_owned()),
            }
        });
        let names = done.iter().map(|done| done.as_deref().unwrap_or("acme"));
        assert!(names.eq(targets.iter().map(|target| target.name.as_str())));
        assert_eq!(calls.into_inner(), targets.len());
    }

    #[test]
    fn the_largest_document_comes_first() {
        let workspace = Workspace::this();
        let targets = workspace.targets(None).unwrap();
        let first = &targets[largest_first(&workspace, &targets)[0]];
        let size = |target: &Target| std::fs::read(workspace.path(&target.spec)).unwrap().len();
        assert_eq!(Some(size(first)), targets.iter().map(size).max());
    }
}
