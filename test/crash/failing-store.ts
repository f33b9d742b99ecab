// A process whose store's disk fails at moments that it chooses itself: `node failing-store.ts DIRECTORY
// CONTROL`, under the shim. Says on stdout, as JSON, what the store answered.

import { farAway, hop, message, messageWith, noon } from '../../src/store/compliance-fixtures.ts';
import { openSqliteStore, type StoreFinding } from '../../src/store/index.ts';
import { errnos, FaultControl, fileKinds } from './shim.ts';

const [directory, control] = process.argv.slice(2);
const disk = new FaultControl(control);
const findings: StoreFinding[] = [];
const store = await openSqliteStore({ directory, onFinding: (finding) => findings.push(finding) });

const before = await store.commit({ create: [messageWith({ claim: { owner: 'one', until: farAway } })] });
disk.set({ kinds: fileKinds.database, syncErrno: errnos.EIO, left: 1 });
// One batch: the loop has not turned when the last of them is asked.
const [refused, listed, claimed] = await Promise.all([
  store.commit({ create: [message()] }),
  store.list({}),
  store.claim({ owner: 'two', nextHop: hop, until: farAway, now: noon, limit: 10 }),
]);
const after = await store.commit({ create: [message()] });
const last = await store.list({});
disk.close();
const told = findings.map(({ kind }) => kind);
// Not closed: what follows is as after a death.
process.stdout.write(
  JSON.stringify({ before, refused, listed: listed.length, claimed: claimed.length, after, last, told }),
  () => process.exit(0),
);
