//! What a budget gives, takes back and never exceeds.

use super::*;
use proptest::prelude::*;
use std::thread;

fn bucket(retries: u32) -> Arc<Bucket> {
    Arc::new(Bucket::new(RetryBudget::new(retries)))
}

fn account(bucket: &Arc<Bucket>) -> Account {
    Account::of(Some(bucket))
}

/// A call that fails at every attempt, as often as a policy of four attempts and the budget let it.
fn failing_call(bucket: &Arc<Bucket>) -> u32 {
    let mut account = account(bucket);
    account.attempt();
    let mut attempts = 1;
    while attempts < 4 && account.pay() {
        account.attempt();
        attempts += 1;
    }
    attempts
}

fn successful_call(bucket: &Arc<Bucket>) {
    let mut account = account(bucket);
    account.attempt();
    account.succeed();
}

#[test]
fn a_fresh_client_tries_again_33_calls_in_a_row_and_then_makes_each_once() {
    let bucket = Arc::new(Bucket::new(RetryBudget::default()));
    let attempts: Vec<_> = (0..36).map(|_| failing_call(&bucket)).collect();
    assert_eq!(attempts[..33], [4; 33]);
    assert_eq!(attempts[33..], [2, 1, 1]);
}

#[test]
fn five_successes_earn_a_retry_and_four_do_not() {
    let bucket = bucket(1);
    assert_eq!(failing_call(&bucket), 2);
    (0..4).for_each(|_| successful_call(&bucket));
    assert_eq!(failing_call(&bucket), 1);
    successful_call(&bucket);
    assert_eq!(failing_call(&bucket), 2);
}

#[test]
fn no_success_lifts_a_budget_above_what_it_began_with() {
    let bucket = bucket(2);
    (0..1000).for_each(|_| successful_call(&bucket));
    assert_eq!([failing_call(&bucket), failing_call(&bucket)], [3, 1]);
}

#[test]
fn a_retry_that_succeeds_returns_its_price_and_one_that_failed_before_it_does_not() {
    let bucket = bucket(2);
    for _ in 0..100 {
        let mut account = account(&bucket);
        account.attempt();
        assert!(account.pay());
        account.attempt();
        account.succeed();
    }
    let mut account = account(&bucket);
    for _ in 0..2 {
        account.attempt();
        assert!(account.pay());
    }
    account.attempt();
    account.succeed();
    assert_eq!(failing_call(&bucket), 2, "one of two came back");
}

#[test]
fn a_retry_that_is_never_made_returns_its_price_and_one_on_its_way_does_not() {
    let bucket = bucket(1);
    let mut waiting = account(&bucket);
    waiting.attempt();
    assert!(waiting.pay() && !account(&bucket).pay());
    drop(waiting);
    let mut sent = account(&bucket);
    assert!(sent.pay());
    sent.attempt();
    drop(sent);
    assert!(!account(&bucket).pay());
}

#[test]
fn without_a_budget_there_is_no_bound_and_with_one_of_none_no_retry() {
    let mut free = Account::of(None);
    assert!((0..100_000).all(|_| free.pay()));
    assert_eq!(failing_call(&bucket(0)), 1);
}

#[test]
fn the_largest_budget_is_counted_without_overflow() {
    let bucket = Arc::new(Bucket::new(RetryBudget::new(u32::MAX).successes_per_retry(u32::MAX)));
    successful_call(&bucket);
    assert_eq!(failing_call(&bucket), 4);
    assert_eq!(
        RetryBudget::new(1).successes_per_retry(0),
        RetryBudget::new(1).successes_per_retry(1)
    );
}

#[test]
fn threads_at_once_get_as_many_retries_as_there_are_and_lose_none() {
    let bucket = bucket(1000);
    let got = |bucket: &Arc<Bucket>| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let bucket = Arc::clone(bucket);
                thread::spawn(move || (0..1000).filter(|_| failing_once(&bucket)).count())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    };
    assert_eq!(got(&bucket), 1000, "exactly what there was, of 8000 wishes");
    let refill: Vec<_> = (0..8)
        .map(|_| {
            let bucket = Arc::clone(&bucket);
            thread::spawn(move || (0..500).for_each(|_| successful_call(&bucket)))
        })
        .collect();
    refill.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(got(&bucket), 800, "one for each five of 4000 successes");
}

fn failing_once(bucket: &Arc<Bucket>) -> bool {
    let mut account = account(bucket);
    let paid = account.pay();
    account.attempt();
    paid
}

proptest! {
    /// What holds over any history: the retries made, less those that succeeded, are at most the size and a fifth of the
    /// successes at the first attempt.
    #[test]
    fn retries_that_fail_are_bounded_by_size_and_successes(size in 0..20_u32, calls in prop::collection::vec(0..5_u32, 0..300)) {
        let bucket = bucket(size);
        let (mut failed, mut first) = (0_u32, 0_u32);
        for succeeds_at in calls {
            let mut account = account(&bucket);
            let mut attempt = 1;
            account.attempt();
            while attempt != succeeds_at && attempt < 4 && account.pay() {
                account.attempt();
                attempt += 1;
                failed += u32::from(attempt != succeeds_at);
            }
            if attempt == succeeds_at {
                first += u32::from(attempt == 1);
                account.succeed();
            }
        }
        prop_assert!(failed <= size + first / 5, "{failed} of {size} and {first}");
    }
}
