// Reads sequences of chunks with the reader of npm `ai`, and writes what the message is after each chunk.
//
//     node read.mjs CORPUS MESSAGES
//
// The corpus is of lines of JSON. One with `case` begins a sequence; it may have `prior`, a message that goes on. One with
// `reconnected` says that the rest is told on a new connection. Every other line is a chunk. For each sequence one line is
// written: `states`, the message after each chunk, and `refused`, the numbers of the chunks that end the reader.
//
// Where the client deviates from the reader by intent, the reader is asked in another way:
// - a chunk that ends it is left out, and the sequence is read anew;
// - where something comes ahead of the first `start`, the reader begins with the id of that `start`, so that nothing is lost;
// - behind a new connection the chunks are read by themselves from their `start` on;
// - half a character is written as U+FFFD.

import { readUIMessageStream } from 'ai';
import { readFileSync, writeFileSync } from 'node:fs';

const PROBE = 'data-interop-probe';
const EMPTY = { id: '', role: 'assistant', parts: [] };
const isStart = chunk => chunk.type === 'start';

// What the reader yields. `probes` stand behind each chunk, as it yields nothing for some.
async function snapshots(message, chunks, probes) {
  const fed = probes ? chunks.flatMap((chunk, number) => [chunk, { type: PROBE, data: number }]) : chunks;
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of fed) controller.enqueue(structuredClone(chunk));
      controller.close();
    },
  });
  const found = [];
  for await (const snapshot of readUIMessageStream({ message: structuredClone(message), stream })) {
    const last = snapshot.parts.at(-1);
    const isNext = last?.type === PROBE && last.data === found.length;
    if (isNext || !probes) found.push(snapshot);
  }
  const without = snapshot => ({ ...snapshot, parts: snapshot.parts.filter(part => part.type !== PROBE) });
  return found.map(without);
}

// The reader may yield nothing for a chunk, but nothing that was not so after some chunk.
function check(name, natural, states) {
  const all = states.map(state => JSON.stringify(state));
  let at = 0;
  for (const snapshot of natural) {
    const found = all.indexOf(JSON.stringify(snapshot), at);
    if (found < 0) throw new Error(`${name}: a snapshot is no state`);
    at = found;
  }
}

// Where the reader ends, there are as many states as chunks that it took.
async function read(name, prior, chunks) {
  const own = prior?.role === 'assistant' ? prior : undefined;
  const first = chunks.findIndex(isStart);
  const isAhead = (first > 0 || own != null) && chunks[first]?.messageId != null;
  const message = isAhead ? { ...(own ?? EMPTY), id: chunks[first].messageId } : own;
  const refused = new Set();
  for (;;) {
    const numbers = [...chunks.keys()].filter(number => !refused.has(number));
    const kept = numbers.map(number => chunks[number]);
    const states = await snapshots(message, kept, true);
    if (states.length < kept.length) {
      refused.add(numbers[states.length]);
      continue;
    }
    check(name, await snapshots(message, kept, false), states);
    const after = [];
    let state = own ?? EMPTY;
    for (const number of chunks.keys()) {
      if (!refused.has(number)) {
        state = states.shift();
        if (isAhead && number < first) state = { ...state, id: (own ?? EMPTY).id };
      }
      after.push(state);
    }
    return { states: after, refused: [...refused] };
  }
}

// What is told on a new connection goes on with the message until a `start`, and from there is read by itself.
async function readAll({ name, prior, connections: [first, second = []] }) {
  const at = second.findIndex(isStart);
  const early = at < 0 ? second : second.slice(0, at);
  const before = await read(name, prior, [...first, ...early]);
  if (at < 0) return before;
  const id = before.states.at(-1)?.id ?? prior?.id ?? '';
  const begun = second[at].messageId == null ? { ...(prior ?? EMPTY), id } : prior;
  const alone = await read(name, begun, second);
  const refused = alone.refused.filter(number => number >= at).map(number => number + first.length);
  return {
    states: [...before.states, ...alone.states.slice(at)],
    refused: [...before.refused, ...refused],
  };
}

function wellFormed(key, value) {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), inner]));
}

const cases = [];
for (const line of readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (line.trim() === '') continue;
  const told = JSON.parse(line);
  if ('case' in told) cases.push({ name: told.case, prior: told.prior, connections: [[]] });
  else if ('reconnected' in told) cases.at(-1).connections.push([]);
  else cases.at(-1).connections.at(-1).push(told);
}
const lines = [];
for (const one of cases) {
  lines.push(JSON.stringify({ case: one.name, ...(await readAll(one)) }, wellFormed));
}
writeFileSync(process.argv[3], lines.join('\n'));
