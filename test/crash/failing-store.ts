// A process whose store's disk fails at moments that it chooses itself: `node failing-store.ts DIRECTORY
// CONTROL [held]`, under the shim. `held`: somebody else has the database open, so that its log outlives the
// failure, and nothing is committed after it. Says on stdout, as JSON, what the store answered.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { farAway, hop, message, messageWith, noon } from '../../src/store/compliance-fixtures.ts';
import { openSqliteStore, type StoreFinding } from '../../src/store/index.ts';
import { errnos, FaultControl, fileKinds } from './shim.ts';

const [directory, control, mode] = process.argv.slice(2);
const disk = new FaultControl(control);
const findings: StoreFinding[] = [];
const store = await openSqliteStore({ directory, onFinding: (finding) => findings.push(finding) });

const before = await store.commit({ create: [messageWith({ claim: { owner: 'one', until: farAway } })] });
const other = mode === 'held' ? new DatabaseSync(join(directory, 'queue.sqlite')) : undefined;
other?.prepare('SELECT count(*) FROM copy').get();
disk.set({ kinds: fileKinds.database, syncErrno: errnos.EIO, left: 1 });
// One batch: the loop has not turned when the last of them is asked.
const [refused, listed, claimed] = await Promise.all([
  store.commit({ create: [message()] }),
  store.list({}),
  store.claim({ owner: 'two', nextHop: hop, until: farAway, now: noon, limit: 10 }),
]);
const after = other === undefined ? await store.commit({ create: [message()] }) : undefined;
const last = await store.list({});
disk.close();
const told = findings.map(({ kind }) => kind);
// Not closed: what follows is as after a death.
process.stdout.write(
  JSON.stringify({ before, refused, listed: listed.length, claimed: claimed.length, after, last, told }),
  () => process.exit(0),
);
