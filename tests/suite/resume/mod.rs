//! Streams that break, without sockets: every vendor's sandbox behind the transport seam, the clock paused.

mod silence;
