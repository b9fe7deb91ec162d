//! What is measured, and how it is written.

/// What the figures of a row are. Less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "each group has its own")]
pub(crate) enum Unit {
    /// Seconds, for one of these.
    Time(&'static str),
    /// Instructions, for one of these.
    Instructions(&'static str),
    Bytes(&'static str),
    /// A number of these.
    Number(&'static str),
}

impl Unit {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Time(of) => format!("time / {of}"),
            Self::Instructions(of) => format!("instr. / {of}"),
            Self::Bytes(of) => format!("size of {of}"),
            Self::Number(of) => of.to_owned(),
        }
    }

    /// A figure in digits that can be compared at a glance.
    pub(crate) fn written(self, figure: f64) -> String {
        match self {
            Self::Time(_) => {
                scaled(figure, &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")])
            }
            Self::Bytes(_) => scaled(figure, &[(1048576.0, "MiB"), (1024.0, "KiB"), (1.0, "B")]),
            Self::Instructions(_) => scaled(figure, &[(1e6, "M"), (1e3, "k"), (1.0, "")]),
            Self::Number(_) => format!("{figure}"),
        }
    }
}

/// In the largest unit of which there is one, or else in the smallest.
fn scaled(figure: f64, units: &[(f64, &str)]) -> String {
    let fits = |(size, _): &&(f64, &str)| figure >= *size;
    let Some((size, name)) = units.iter().find(fits).or(units.last()) else {
        return figure.to_string();
    };
    let number = figure / size;
    let digits = if number < 10.0 {
        2
    } else if number < 100.0 {
        1
    } else {
        0
    };
    format!("{number:.digits$} {name}").trim_end().to_owned()
}
