// What a repair does grows with the store and no faster. Not measured in time: every statement that runs is
// counted with the rows it gives, and how SQLite finds its rows is asked of SQLite itself. What runs once for
// each message must not look at a whole table, and what runs once must not do so for each of its rows: so
// did a repair that once took minutes for 40,000 messages.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';

import { hop, message, noon, record } from '../../compliance-fixtures.ts';
import { openSqliteStore, type RepairReport, repairStore } from '../../index.ts';
import { NewDatabase } from './new-database.ts';
import { PageImage } from './page-image.ts';

const small = 60;
const times = 5;
/** The larger run may do so much more: pages hold whole rows, and some things run once. */
const times_max = times * 1.15;
/** What runs so much more often in the larger run runs for each message, or for each of some of them. */
const seldom = 10;

interface Seen {
  runs: number;
  rows: number;
  readonly costly: readonly Loop[];
}
interface Counted {
  readonly statements: ReadonlyMap<string, Seen>;
  readonly pages: number;
  readonly report: RepairReport;
}

/** A store with so many messages of every kind. */
async function filled(directory: string, count: number): Promise<void> {
  const store = await openSqliteStore({ directory, inlineOctetsMax: 1000 });
  const create = Array.from({ length: count }, (_, n) => {
    const recipients = ['/S=One/P=B/A= /C=GB/', '/S=Two/P=C/A= /C=GB/'];
    const copies = recipients.map((_each, number) => ({ nextHop: `${hop}${number}`, recipients: [number] }));
    if (n % 3 === 1) return message({ recipients, copies });
    if (n % 30 !== 2) return message();
    return message({ content: { kind: 'inline', octets: new Uint8Array(2000) }, contentLength: 2000 });
  });
  const tracking = create.map(({ mtsIdentifier, recipients }, created) =>
    record({ mtsIdentifier, recipients, created }),
  );
  const made = await store.commit({ create, tracking });
  assert.ok(made.ok);
  // Every fifth has gone: its rows lie where pages were freed.
  const gone = made.created.filter((_, n) => n % 5 === 0);
  const finish = gone.flatMap(({ copies }) => copies);
  const ended = gone.map(({ message: number }, n) => {
    const { mtsIdentifier, recipients } = create[5 * n];
    return record({ message: number, act: 'delivered', mtsIdentifier, recipients });
  });
  assert.ok((await store.commit({ finish, tracking: ended })).ok);
  await store.close();
}

/** Repairs the directory, and counts everything that it asks of SQLite and of the old file. */
function counted(t: TestContext, directory: string): Counted {
  const statements = new Map<string, Seen>();
  const { prepare, exec } = DatabaseSync.prototype;
  let pages = 0;
  const seen = (sql: string): Seen => statements.get(sql) ?? { runs: 0, rows: 0, costly: [] };
  const note = (sql: string, rows: number): void => {
    const { runs, rows: before, costly } = seen(sql);
    statements.set(sql, { runs: runs + 1, rows: before + rows, costly });
  };
  const judge = (database: DatabaseSync, sql: string): void => {
    if (!statements.has(sql))
      statements.set(sql, { runs: 0, rows: 0, costly: costlyIn(database, sql, prepare) });
  };
  const mocks = [
    t.mock.method(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, sql: string) {
      judge(this, sql);
      return prepare.call(this, sql);
    }),
    t.mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
      for (const each of sql.split(';')) {
        judge(this, each);
        exec.call(this, each);
        note(each, 0);
      }
    }),
    t.mock.method(
      PageImage.prototype,
      'read',
      counting(PageImage.prototype.read, () => (pages += 1)),
    ),
  ];
  for (const name of ['get', 'all', 'run'] as const) {
    const original = StatementSync.prototype[name] as (...values: unknown[]) => unknown;
    const method = function (this: StatementSync, ...values: unknown[]): unknown {
      const answer = original.apply(this, values);
      note(this.sourceSQL, Array.isArray(answer) ? answer.length : 1);
      return answer;
    };
    mocks.push(t.mock.method(StatementSync.prototype, name, method as never) as never);
  }
  try {
    const last = [...repairStore(directory, noon)].at(-1);
    assert.ok(last?.kind === 'report', JSON.stringify(last));
    return { statements, pages, report: last.report };
  } finally {
    for (const { mock } of mocks) mock.restore();
  }
}

function counting<A extends unknown[], R>(original: (...values: A) => R, count: () => void) {
  return function (this: unknown, ...values: A): R {
    count();
    return original.apply(this, values);
  };
}

/** Single rows, those of one message or one name, or the next few behind a number. */
const found =
  /\((rowid=\?|message=\?|name=\? AND key=\?|key=\?|mts_identifier=\?|message=\? AND id=\?|spool=\?)\)/;
const named = /^SEARCH (counter|tracking_bound) USING PRIMARY KEY \(name=\?\)/;

interface Loop {
  readonly detail: string;
  /** Run through once for each row of another one. */
  readonly isInner: boolean;
}

/** The loops of a statement that look at more than the rows they are after. */
function costlyIn(database: DatabaseSync, sql: string, prepare: DatabaseSync['prepare']): readonly Loop[] {
  if (!/^\s*(SELECT|INSERT|UPDATE|DELETE)/i.test(sql)) return [];
  const plan = prepare.call(database, `EXPLAIN QUERY PLAN ${sql}`).all();
  const nodes = plan.map(({ id, parent, detail }) => ({ id, parent, detail: String(detail) }));
  const above = (parent: unknown): string => nodes.find(({ id }) => id === parent)?.detail ?? '';
  const isNext = (detail: string): boolean => /LIMIT/.test(sql) && /(rowid|message|id)>\?/.test(detail);
  const isEnd = (detail: string): boolean => /^SEARCH \w+$/.test(detail);
  return nodes
    .filter(({ detail }) => /^(SCAN|SEARCH) /.test(detail) && detail !== 'SCAN CONSTANT ROW')
    .map(({ parent, detail }, index, loops) => {
      const isFirst = loops.findIndex((each) => each.parent === parent) === index;
      return { detail, isInner: !isFirst || above(parent).startsWith('CORRELATED') };
    })
    .filter(({ detail }) => !(found.test(detail) || named.test(detail) || isNext(detail) || isEnd(detail)));
}

const damages: Readonly<Record<string, (octets: Buffer) => void>> = {
  'a page of messages': (octets) => octets.fill(0xa5, 4096 * 12, 4096 * 13),
  'the first page': (octets) => octets.fill(0xa5, 0, 4096),
};

for (const [what, damage] of Object.entries(damages)) {
  test(`a repair does no more for each message in a larger store: ${what} damaged`, async (t) => {
    const runs: Counted[] = [];
    for (const count of [small, small * times]) {
      const directory = mkdtempSync(join(tmpdir(), 'chappe-cost-'));
      t.after(() => rmSync(directory, { recursive: true, force: true }));
      await filled(directory, count);
      const file = join(directory, 'queue.sqlite');
      const octets = readFileSync(file);
      damage(octets);
      writeFileSync(file, octets);
      runs.push(counted(t, directory));
    }
    const [before, after] = runs;
    assert.deepEqual([before.report.outcome, after.report.outcome], ['repaired', 'repaired']);
    assert.ok(after.report.messages > before.report.messages * (times - 1), JSON.stringify(after.report));
    const total = ({ statements }: Counted): number =>
      [...statements.values()].reduce((sum, { runs: each, rows }) => sum + each + rows, 0);
    const grown = `${total(before)} statements and rows, then ${total(after)}`;
    assert.ok(total(after) <= total(before) * times_max, grown);
    assert.ok(after.pages <= before.pages * times_max, `${before.pages} pages, then ${after.pages}`);
    const offending: string[] = [];
    for (const [sql, { runs: often, costly }] of after.statements) {
      const isSeldom = often <= (before.statements.get(sql)?.runs ?? 0) + seldom;
      const wrong = costly.filter(({ isInner }) => isInner || !isSeldom).map(({ detail }) => detail);
      if (wrong.length > 0) offending.push(`${often} times ${sql}: ${wrong.join('; ')}`);
    }
    assert.deepEqual(offending, []);
    t.diagnostic(`${grown}; ${before.pages} pages, then ${after.pages}`);
  });
}

test('what once took a time that grew with the square is seen', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-cost-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const made = new NewDatabase(join(directory, 'queue.sqlite'), noon);
  const { prepare } = DatabaseSync.prototype;
  const inner = (sql: string) =>
    costlyIn(made.database, sql, prepare).filter(({ isInner }) => isInner).length;
  // The kind of value of `origin.key` is anybody's: compared with a number as it is, no index serves.
  const among = (key: string) =>
    `DELETE FROM copy WHERE EXISTS (SELECT 1 FROM origin WHERE name = 'copy' AND key = ${key} AND rank > 5)`;
  assert.equal(inner(among('+copy.id')), 0, 'one look at all copies');
  assert.equal(inner(among('copy.id')), 1, 'a look at all origins for each of them');
  const joined = `SELECT c.id FROM copy c JOIN origin o ON o.name = 'copy' AND o.key = +c.id
    WHERE o.rank > 5`;
  assert.equal(inner(joined), 1, 'a look at all copies for each origin');
  made.close();
});
