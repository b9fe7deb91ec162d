//! The dialects of a vendor's API: revisions of it that its servers speak at the same time.

use crate::{ClientBuilder, Error, config::VendorClient, operation::Vendor};

/// The dialects of a vendor's API.
#[derive(Debug)]
pub struct Dialects {
    /// Environment variable that may hold the name of one.
    pub env: &'static str,
    /// Their names; the first is that of a client that nothing else is said for. Never empty.
    pub names: &'static [&'static str],
}

/// The client of a vendor whose API has dialects.
pub trait HasDialects: VendorClient {
    /// One of them.
    type Dialect;

    /// Its name, as the vendor's constants have it.
    fn name(dialect: Self::Dialect) -> &'static str;
}

impl<C: HasDialects> ClientBuilder<C> {
    /// The dialect of the API that the client speaks, in place of the default one or that of the environment.
    ///
    /// What another dialect alone has is refused before anything is sent. Where the vendor serves a dialect at a URL of
    /// its own, that is the base URL, unless another is set.
    #[must_use]
    pub fn dialect(mut self, dialect: C::Dialect) -> Self {
        self.wanted.dialect = Some(C::name(dialect));
        self
    }
}

/// The name of a dialect as the vendor's constants have it; `None` for one that the vendor does not have.
pub(crate) fn known(vendor: &'static Vendor, name: &str) -> Option<&'static str> {
    let names = vendor.dialects.as_ref()?.names;
    names.iter().copied().find(|known| *known == name)
}

/// Refuses a name that no dialect has; `what` is said to be one.
pub(crate) fn unknown(vendor: &Vendor, what: &str) -> Error {
    let names = vendor.dialects.as_ref().map(|dialects| dialects.names.join(", "));
    Error::config(format!(
        "{what} is no dialect of {}; its dialects are: {}",
        vendor.name,
        names.unwrap_or_default()
    ))
}

/// Refuses a name that no dialect has.
pub fn unknown_dialect(vendor: &Vendor, name: &str) -> Error {
    unknown(vendor, &format!("`{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ErrorKind,
        call::Core,
        operation::{Operation, Server},
        testing::{ACME, GET, PLAIN},
    };

    /// A client of a vendor with two dialects, one of which has another URL.
    struct Twofold(Core);

    static TWOFOLD: Vendor = Vendor {
        servers: &[Server {
            name: "default",
            url: "https://acme.example",
            dialect_urls: &[("new", "https://new.acme.example")],
            env: "ACME_BASE_URL",
            derive: None,
        }],
        dialects: Some(Dialects { env: "ACME_DIALECT", names: &["old", "new"] }),
        ..PLAIN
    };

    impl VendorClient for Twofold {
        const VENDOR: &'static Vendor = &TWOFOLD;

        fn from_core(core: Core) -> Self {
            Self(core)
        }
    }

    impl HasDialects for Twofold {
        type Dialect = usize;

        fn name(dialect: usize) -> &'static str {
            ["old", "new"][dialect]
        }
    }

    fn builder() -> ClientBuilder<Twofold> {
        ClientBuilder::new().token("t")
    }

    /// The dialect of a client, and the URL of its server.
    fn spoken(builder: ClientBuilder<Twofold>) -> (Option<&'static str>, String) {
        let Twofold(core) = builder.build().unwrap();
        (core.dialect(), core.base_url(&GET).to_owned())
    }

    #[test]
    fn the_first_dialect_is_spoken_unless_another_is_chosen() {
        assert_eq!(spoken(builder()), (Some("old"), "https://acme.example".into()));
        let new = || builder().dialect(1);
        assert_eq!(spoken(new()), (Some("new"), "https://new.acme.example".into()));
        assert_eq!(spoken(new().dialect(0)).0, Some("old"));
    }

    #[test]
    fn a_url_that_is_set_wins_over_that_of_the_dialect() {
        let set = || builder().base_url("https://own.example");
        assert_eq!(spoken(set().dialect(1)), (Some("new"), "https://own.example".into()));
        assert_eq!(spoken(builder().dialect(1).base_url("https://own.example")).1, spoken(set()).1);
    }

    #[test]
    fn the_dialect_is_shown() {
        let Twofold(core) = builder().dialect(1).build().unwrap();
        assert!(format!("{core:?}").contains("dialect: \"new\""), "{core:?}");
        assert!(format!("{:?}", builder().dialect(1)).contains("new"));
    }

    #[test]
    fn an_unknown_name_is_refused_with_those_that_are_known() {
        assert_eq!((known(&TWOFOLD, "new"), known(&TWOFOLD, "New")), (Some("new"), None));
        assert_eq!(known(&ACME, "new"), None);
        let error = unknown_dialect(&TWOFOLD, "newest");
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        assert!(
            text.contains("`newest` is no dialect of Acme; its dialects are: old, new"),
            "{text}"
        );
    }

    static LATER: Operation = Operation { dialects: &["new"], ..GET };

    #[tokio::test]
    async fn no_request_leaves_in_a_dialect_that_does_not_have_it() {
        let Twofold(core) = builder().base_url("http://127.0.0.1:9").build().unwrap();
        let request = || Ok(core.http().get("http://127.0.0.1:9/").build().unwrap());
        let error = core.call(&LATER, request()).await.err().unwrap();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
        let error = core.open(&LATER, request().unwrap()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
}
