// A thread that converts contents, so that the event loop that serves the links does not. Each conversion is
// a walk that asks for octets and hands octets on; the asking and the answers are messages. Several walks go
// on side by side, a step of each in turn. An entry point, not a module to import.

import { parentPort } from 'node:worker_threads';

import { assert } from '../base/assert.ts';
import { convertInPieces } from '../content/index.ts';
import type { FromWorker, ToWorker } from './converter-aside.ts';

/** Octets asked for at once: here a step may take as long as it likes. */
const window_octets = 128 * 1024;

const port = parentPort;
assert(port !== null, 'this file is started as a worker');

type ContentWalk = ReturnType<typeof convertInPieces>;
const walks = new Map<number, ContentWalk>();

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'begin': {
      const walk = convertInPieces(message.octets_count, message.plan, { window_octets });
      walks.set(message.id, walk);
      step(message.id, walk, new Uint8Array(0));
      return;
    }
    case 'answer': {
      const walk = walks.get(message.id);
      if (walk !== undefined) step(message.id, walk, message.octets);
      return;
    }
    case 'drop':
      walks.delete(message.id);
  }
});

/** Goes on to the next request that somebody else must answer, or to the end. */
function step(id: number, walk: ContentWalk, octets: Uint8Array): void {
  let next = walk.next(octets);
  while (next.done !== true && next.value.kind === 'pause') next = walk.next(octets);
  if (next.done === true) walks.delete(id);
  const said: FromWorker =
    next.done === true ? { id, kind: 'done', result: next.value } : { id, kind: 'asks', request: next.value };
  port?.postMessage(said);
}
