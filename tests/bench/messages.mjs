// Reads a stream of UI message chunks with npm `ai`, as that library's own HTTP client does, and writes how long it took.
//
//     node messages.mjs STREAM ROUNDS

import { parseJsonEventStream, readUIMessageStream, uiMessageChunkSchema } from 'ai';
import { readFileSync } from 'node:fs';

const PIECE = 16 << 10;

async function read(bytes) {
  let at = 0;
  const stream = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + PIECE));
      at += PIECE;
    },
  });
  let count = 0;
  const chunks = parseJsonEventStream({ stream, schema: uiMessageChunkSchema }).pipeThrough(
    new TransformStream({
      transform(result, controller) {
        if (!result.success) throw result.error;
        count += 1;
        controller.enqueue(result.value);
      },
    }),
  );
  let message;
  for await (const snapshot of readUIMessageStream({ stream: chunks, terminateOnError: true })) message = snapshot;
  return { count, message };
}

const bytes = new Uint8Array(readFileSync(process.argv[2]));
const seconds = [];
let result;
for (let round = 0; round < Number(process.argv[3]); round += 1) {
  const start = performance.now();
  result = await read(bytes);
  seconds.push((performance.now() - start) / 1000);
}
console.log(JSON.stringify({ seconds, count: result.count, message: result.message }));
