// Who sends when on an association with two-way alternate dialogue (X.218): asking, giving, fairness, and
// peers that keep the turn.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis, seconds } from '../base/time.ts';
import { turn_patience_ms } from './association-pool.ts';
import { Bench, copyOf, defaults, kinds, only, started } from './driven-scheduler.ts';
import type { LinkSchedule, SchedulerAction } from './service.ts';
import { turn_silence_ms, turn_transfers_max } from './turns.ts';

const answering: LinkSchedule = { ...defaults, callable: false };
const turnless = { mode: 'two-way-alternate', turn: 'peers' } as const;
const turnful = { mode: 'two-way-alternate', turn: 'ours' } as const;

/** The peer opened an association, and has the turn. */
function offered(bench: Bench, dialogue: typeof turnless | typeof turnful = turnless) {
  const association = bench.scheduler.nextNumber();
  return { association, actions: bench.do({ kind: 'association-offered', association, dialogue }) };
}
const given = (bench: Bench, association: number) => bench.do({ kind: 'turn-given', association });
const asked = (bench: Bench, association: number, priority: number) =>
  bench.do({ kind: 'turn-asked', association, priority });
const pleas = (actions: readonly SchedulerAction[]) =>
  only(actions, 'please-turn').map(({ priority }) => priority);

/** We opened one in which both send; `copy` of ours is in transfer. */
function openedByUs(copy = 1) {
  const bench = new Bench();
  bench.secured(copyOf(copy));
  const actions = bench.do({ kind: 'association-opened', association: 1, dialogue: turnful });
  assert.deepEqual(started(actions), [copy]);
  return bench;
}

test('mail for a peer that is only answered waits until it calls; then we ask, send, and give back', () => {
  const bench = new Bench(answering);
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 2 });
  const { association, actions } = offered(bench);
  assert.deepEqual(kinds(actions), ['please-turn', 'load']);
  bench.loaded('normal', [copyOf(1), copyOf(2)]);
  assert.deepEqual(started(given(bench, association)), [1]);
  assert.deepEqual(started(bench.confirmed(association, 1)), [2]);
  assert.deepEqual(bench.confirmed(association, 2), [{ kind: 'give-turn', association }]);
  assert.equal(bench.scheduler.snapshot().state, 'open');
});

test('we ask with the priority of the most urgent copy; a higher one asks again, a lower does not', () => {
  const bench = new Bench(answering);
  const { association } = offered(bench);
  assert.deepEqual(pleas(bench.secured(copyOf(1, { priority: 'normal' }))), [2]);
  assert.deepEqual(pleas(bench.secured(copyOf(2, { priority: 'non-urgent' }))), []);
  assert.deepEqual(pleas(bench.secured(copyOf(3, { priority: 'urgent' }))), [1]);
  assert.deepEqual(pleas(bench.secured(copyOf(4, { kind: 'report', priority: 'normal' }))), []);
  assert.deepEqual(started(given(bench, association)), [3]);
});

test('asked while idle: the turn is given at once', () => {
  const bench = openedByUs();
  bench.confirmed(1, 1);
  assert.deepEqual(asked(bench, 1, 3), [{ kind: 'give-turn', association: 1 }]);
});

test('asked during a transfer: given when it is over and nothing of the same priority waits', () => {
  const bench = openedByUs();
  bench.secured(copyOf(2), copyOf(3, { priority: 'non-urgent' }));
  assert.deepEqual(asked(bench, 1, 2), []);
  assert.deepEqual(started(bench.confirmed(1, 1)), [2], 'the same priority goes first');
  const actions = bench.confirmed(1, 2);
  assert.deepEqual(kinds(actions), ['give-turn', 'please-turn'], 'a lower one does not');
  assert.deepEqual(pleas(actions), [3]);
});

test('a wish of higher priority is granted before what waits; one to release before everything', () => {
  for (const priority of [0, 1]) {
    const bench = openedByUs();
    bench.secured(copyOf(2));
    asked(bench, 1, priority);
    assert.deepEqual(kinds(bench.confirmed(1, 1)), ['give-turn', 'please-turn']);
  }
  const bench = openedByUs();
  bench.secured(copyOf(2, { priority: 'urgent' }));
  asked(bench, 1, 0);
  assert.deepEqual(kinds(bench.confirmed(1, 1)), ['give-turn', 'please-turn']);
});

test('however long our queue, the peer gets its turn after a bounded number of transfers', () => {
  const bench = openedByUs(1000);
  bench.secured(...Array.from({ length: 40 }, (_, copy) => copyOf(copy)));
  asked(bench, 1, 2);
  let last = 1000;
  let transfers = 0;
  for (;;) {
    const actions = bench.confirmed(1, last);
    const [next] = started(actions);
    if (next === undefined) {
      assert.deepEqual(kinds(actions), ['give-turn', 'please-turn']);
      break;
    }
    last = next;
    transfers += 1;
  }
  assert.equal(transfers, turn_transfers_max);
  // It comes back, and what is left goes on: the count begins anew with the next request.
  assert.equal(started(given(bench, 1)).length, 1);
});

test('a request that crossed our giving is for what the peer has: it is not kept', () => {
  const bench = openedByUs();
  bench.confirmed(1, 1);
  asked(bench, 1, 2);
  assert.deepEqual(asked(bench, 1, 1), []);
  given(bench, 1);
  assert.deepEqual(started(bench.secured(copyOf(2))), [2], 'the turn is ours until it is asked for again');
});

test('an association of ours whose lifetime is over without the turn: we ask to release, then do', () => {
  const bench = openedByUs();
  bench.confirmed(1, 1);
  asked(bench, 1, 2);
  bench.do({ kind: 'peer-transfers', association: 1, active: true });
  assert.equal(bench.scheduler.nextTimeout(), undefined, 'while it transfers nothing is due');
  bench.do({ kind: 'peer-transfers', association: 1, active: false });
  const { actions, waited } = bench.wait();
  assert.equal(waited, defaults.associations.lifetime);
  assert.deepEqual(actions, [{ kind: 'please-turn', association: 1, priority: 0 }]);
  assert.deepEqual(given(bench, 1), [{ kind: 'close-association', association: 1 }]);
});

test('one that was to be released is used if mail came meanwhile', () => {
  const bench = openedByUs();
  bench.confirmed(1, 1);
  asked(bench, 1, 2);
  bench.wait();
  bench.secured(copyOf(2));
  assert.deepEqual(started(given(bench, 1)), [2]);
  assert.deepEqual(bench.confirmed(1, 2), []);
});

test('stopping: ours are asked back to be released; those of the peer are let go, with the turn', () => {
  const bench = openedByUs();
  bench.confirmed(1, 1);
  asked(bench, 1, 2);
  const { association } = offered(bench, turnful);
  const actions = bench.do({ kind: 'stop' });
  assert.deepEqual(
    actions.filter((each) => each.kind !== 'give-turn'),
    [
      { kind: 'let-go-association', association },
      { kind: 'please-turn', association: 1, priority: 0 },
    ],
  );
  assert.deepEqual(kinds(given(bench, 1)), ['close-association']);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.ok(bench.scheduler.drained);
});

test('where the first turn is ours and nothing is to be sent, it goes back to the opener', () => {
  const bench = new Bench(answering);
  const { association, actions } = offered(bench, turnful);
  assert.deepEqual(actions, [{ kind: 'give-turn', association }]);
});

test('a monologue that the peer opened for us to send is used, and neither given nor released', () => {
  const bench = new Bench(answering);
  const association = bench.scheduler.nextNumber();
  const dialogue = { mode: 'monologue', turn: 'ours' } as const;
  assert.deepEqual(bench.do({ kind: 'association-offered', association, dialogue }), []);
  assert.deepEqual(started(bench.secured(copyOf(1))), [1]);
  assert.deepEqual(bench.confirmed(association, 1), []);
  assert.equal(bench.scheduler.nextTimeout(), undefined);
});

test('a peer that was asked and stays silent has lost the turn: broken off, called if it can be', () => {
  for (const callable of [true, false]) {
    const bench = new Bench({ ...defaults, callable });
    const { association } = offered(bench);
    bench.secured(copyOf(1));
    let opened = 0;
    for (;;) {
      const { actions } = bench.wait();
      opened += only(actions, 'open-association').length;
      if (opened > 0 && callable && opened === 1) bench.failed(association + 1);
      const [abort] = only(actions, 'abort-association');
      if (abort === undefined) continue;
      assert.deepEqual(abort, { kind: 'abort-association', association, why: 'turn-not-given' });
      assert.ok(kinds(actions).includes('emit'));
      break;
    }
    assert.equal(bench.now, turn_silence_ms);
    assert.equal(opened > 0, callable);
  }
});

test('while it waits for the turn a link that can be called waits a little before it calls', () => {
  const bench = new Bench();
  offered(bench);
  assert.deepEqual(pleas(bench.secured(copyOf(1, { priority: 'urgent' }))), [1]);
  const { actions, waited } = bench.wait();
  assert.equal(waited, turn_patience_ms);
  assert.deepEqual(kinds(actions), ['open-association']);
});

test('one of ours that is lost with the turn that the peer wanted is opened again, for its mail', () => {
  const given = openedByUs();
  given.confirmed(1, 1);
  asked(given, 1, 2);
  assert.deepEqual(kinds(given.lost(1)), ['open-association']);

  const kept = openedByUs();
  kept.confirmed(1, 1);
  kept.lost(1);
  assert.equal(kept.scheduler.nextTimeout(), undefined, 'nobody wants one');
});

test('the end of an association of the peer is no failure of ours; its transfer goes on elsewhere', () => {
  const bench = new Bench();
  const { association } = offered(bench);
  bench.secured(copyOf(1));
  given(bench, association);
  const actions = bench.lost(association);
  assert.deepEqual(kinds(actions), ['record-attempt', 'open-association']);
  assert.equal(bench.scheduler.snapshot().openFailures, 0);
  assert.deepEqual(started(bench.opened(association + 1)), [1]);
});

test('lost while waiting for the turn: what is only answered keeps its mail for the next call', () => {
  const bench = new Bench({ ...answering, retry: { ...defaults.retry, openInterval: seconds(1) } });
  const first = offered(bench);
  bench.secured(copyOf(1));
  assert.deepEqual(kinds(bench.lost(first.association)), ['release-claims']);
  bench.now = (bench.now + millis(1)) as typeof bench.now;
  const second = offered(bench);
  assert.deepEqual(kinds(second.actions), ['please-turn', 'load']);
});
