//! What is sent again, when, how often, and what never is: of every operation of every vendor, with the clock paused.
//!
//! - `safety`: nothing is done twice
//! - `asked`: `Retry-After` in all its forms
//! - `outage`: a server that is down, met by one caller and by a thousand
//! - `clocks`: clocks that jump
//! - `proxies`: runs that are silent for a day behind a proxy that cuts idle connections

mod asked;
mod clocks;
mod operations;
mod outage;
mod proxies;
mod safety;
