// A process whose store's disk fails for good while two messages are committed, one with a spool of its own,
// one whose content the store spills into a file: `node ending-store.ts DIRECTORY CONTROL`, under the shim.
// Whoever is refused discards what it spooled. Says on stdout, as JSON, what the store answered.

import { message } from '../../src/store/compliance-fixtures.ts';
import { openSqliteStore, type StoreFinding } from '../../src/store/index.ts';
import { errnos, FaultControl, fileKinds } from './shim.ts';

const [directory, control] = process.argv.slice(2);
const disk = new FaultControl(control);
const findings: StoreFinding[] = [];
const onFinding = (finding: StoreFinding): void => void findings.push(finding);
const store = await openSqliteStore({ directory, inlineOctetsMax: 1000, onFinding });
const content = new Uint8Array(5000).fill(7);
const spool = await store.openSpool();
await spool.write(content);
await spool.seal(new Uint8Array());
disk.set({ kinds: fileKinds.database, syncErrno: errnos.EIO, left: -1 });
const spooled = { kind: 'spooled', spool: spool.name, octets_count: content.length } as const;
const refused = await Promise.all([
  store.commit({ create: [message({ content: spooled })] }),
  store.commit({ create: [message({ content: { kind: 'inline', octets: content } })] }),
]);
await spool.discard();
disk.close();
const told = findings.map(({ kind }) => kind);
process.stdout.write(JSON.stringify({ refused, told }), () => process.exit(0));
