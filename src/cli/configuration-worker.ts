// A thread that reads one configuration file and hands it over in pieces, each when it is asked for, because
// messages that wait are all taken in one step. An entry point, not a module to import.

import { parentPort, workerData } from 'node:worker_threads';

import { assert } from '../base/assert.ts';
import { loadConfigurationAroundErrors, packEntries, takeApart, unpackEntries } from '../config/index.ts';
import type { ConfigurationRequest, LoadedFrame } from './configuration-aside.ts';

const port = parentPort;
assert(port !== null, 'this file is started as a worker');

const { path, before } = workerData as ConfigurationRequest;
const loaded = loadConfigurationAroundErrors(path, before === undefined ? before : unpackEntries(before));
if (loaded.ok) {
  const { frame, pieces } = takeApart(loaded.value.configuration);
  const entries = packEntries(loaded.value.entries);
  port.postMessage({ ok: true, frame, entries, pieces: pieces.length } satisfies LoadedFrame);
  port.on('message', (index: number) => {
    port.postMessage(pieces[index]);
    if (index === pieces.length - 1) port.close();
  });
  if (pieces.length === 0) port.close();
} else {
  port.postMessage({ ok: false, errors: loaded.error } satisfies LoadedFrame);
  port.close();
}
