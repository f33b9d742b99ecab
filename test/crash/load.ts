// A process that does with a store what an MTA does, several at a time, and marks in the shim's log what it
// is about to do and what was acknowledged: `node load.ts DIRECTORY LOG SEED TRANSITIONS [stay]`. With
// `stay` it goes on until it is killed. It takes up what it finds, as an MTA does after a restart.

import { seededRandom } from '../../src/base/random.ts';
import { octetsOf } from '../../src/store/compliance-fixtures.ts';
import { openSqliteStore, type StoreFinding } from '../../src/store/index.ts';
import { entitiesIn } from './entities.ts';
import { Caller } from './load-caller.ts';
import { LogMarks } from './shim-log.ts';

const [directory, log, seedText, transitionsText, stay] = process.argv.slice(2);
const callers = 5;
/** Small, so that a short run has contents in rows and in files, and brings its log in many times. */
export const loadOptions = { inlineOctetsMax: 3000, checkpointEvery: 7 } as const;

const marks = new LogMarks(log);
const findings: StoreFinding[] = [];
const store = await openSqliteStore({
  directory,
  ...loadOptions,
  onFinding: (finding) => {
    if (finding.kind !== 'spool-orphan') findings.push(finding);
  },
});
const shown = await entitiesIn(store, directory);
marks.put({ mark: 'seen', entities: Object.fromEntries(shown) });

let serial = process.pid * 100_000;
let left = stay === 'stay' ? Number.POSITIVE_INFINITY : Number(transitionsText);
const next = (): number | undefined => {
  left -= 1;
  serial += 1;
  return left >= 0 ? serial : undefined;
};
const found = await store.list({ limit: 1_000_000 });
const points = await store.recoveryPoints('b');
await Promise.all(
  Array.from({ length: callers }, async (_, number) => {
    const random = seededRandom(Number(seedText) * 1000 + number);
    const parts = { store, marks, random, next, name: `${process.pid}-${number}` };
    const old = number === 0 ? [...shown.keys()].filter((each) => each.startsWith('track old;')) : undefined;
    const caller = new Caller({ ...parts, ...(old !== undefined && { old }) });
    for (const { copy } of found.filter((__, index) => index % callers === number)) {
      const whole = await store.show(copy);
      if (whole !== undefined) caller.adopt(whole);
    }
    for (const point of points.filter((__, index) => index % callers === number)) caller.adoptPoint(point);
    await caller.run();
  }),
);
await store.close();
if (findings.length > 0) throw new Error(octetsOf(JSON.stringify(findings)).toString());
