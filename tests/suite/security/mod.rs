//! What a hostile server, a hostile argument or a curious log must not get.
//!
//! - `operations`: every operation of every vendor, in one list
//! - `paths`: an id stays one segment of the documented path
//! - `headers`: a value stays one header
//! - `redirects`, `proxies`: who gets to see the token
//! - `shown`: what `Debug`, `Display`, panics and logs say
//! - `declared`: which types may derive `Debug`, and which fields of the documents are credentials
//! - `json`: bodies, events and error bodies that are made to hurt

mod declared;
mod headers;
mod json;
mod operations;
mod paths;
mod proxies;
mod redirects;
mod shown;
