//! What the WHATWG HTML standard says of an event stream (sections 9.2.5 and 9.2.6), over the whole text at once and as
//! plainly as it can be written. Shares nothing with the decoder, so that both can be wrong only apart.

/// An event, as the standard would dispatch it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dispatched {
    /// Empty where the standard says `message`.
    pub(crate) event: String,
    pub(crate) data: String,
    /// The id that the block has set.
    pub(crate) id: Option<String>,
    /// The last event id string behind it.
    pub(crate) last_id: String,
    /// The reconnection time that the block has set, in milliseconds.
    pub(crate) retry: Option<u64>,
}

/// Decodes, splits and interprets a whole stream.
pub(crate) fn dispatched(stream: &[u8]) -> Vec<Dispatched> {
    // "Streams must be decoded using the UTF-8 decode algorithm", which strips one byte order mark.
    let text = String::from_utf8_lossy(stream);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    // What is behind the last line end is no line: "once the end of the file is reached, any pending data must be discarded".
    let complete = text.rfind('\n').map_or("", |end| &text[..=end]);
    let (mut events, mut last_id) = (Vec::new(), String::new());
    let mut block = Block::default();
    for line in complete.split_terminator('\n') {
        if line.is_empty() {
            let block = std::mem::take(&mut block);
            last_id = block.id.clone().unwrap_or(last_id);
            events.extend(block.dispatched(&last_id));
        } else if !line.starts_with(':') {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            block.field(name, value.strip_prefix(' ').unwrap_or(value));
        }
    }
    events
}

/// The buffers of the standard, but for that of the id, which outlasts a block.
#[derive(Default)]
struct Block {
    event: String,
    data: String,
    id: Option<String>,
    retry: Option<u64>,
}

impl Block {
    fn field(&mut self, name: &str, value: &str) {
        match name {
            "event" => self.event = value.to_owned(),
            "data" => {
                self.data += value;
                self.data += "\n";
            }
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) => {
                self.retry = Some(value.parse().unwrap_or(u64::MAX));
            }
            _ => {}
        }
    }

    fn dispatched(self, last_id: &str) -> Option<Dispatched> {
        let data = self.data.strip_suffix('\n')?.to_owned();
        let Self { event, id, retry, .. } = self;
        Some(Dispatched { event, data, id, last_id: last_id.to_owned(), retry })
    }
}

/// The part of a stream in front of the first line that is longer than `line` bytes, or that makes the data of its block
/// longer than `event` bytes; `None` where there is no such line. Lines are measured without their end, and with the byte
/// order mark.
pub(crate) fn within_limits(stream: &[u8], line: usize, event: usize) -> Option<&[u8]> {
    let (mut at, mut data): (usize, Option<usize>) = (0, None);
    while at < stream.len() {
        let rest = &stream[at..];
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let text = &rest[..end.unwrap_or(rest.len())];
        if text.len() > line {
            return Some(&stream[..at]);
        }
        let end = end?;
        let marked = (at == 0).then(|| text.strip_prefix(b"\xEF\xBB\xBF")).flatten();
        match marked.unwrap_or(text) {
            [] => data = None,
            b"data" => data = Some(data.map_or(0, |length| length + 1)),
            text => {
                if let Some(value) = text.strip_prefix(b"data:") {
                    let value = value.strip_prefix(b" ").unwrap_or(value).len();
                    data = Some(data.map_or(0, |length| length + 1) + value);
                }
            }
        }
        if data.is_some_and(|length| length > event) {
            return Some(&stream[..at]);
        }
        at += end + if rest[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    None
}
