// Isolation: with one link dead, one refusing, one trickling and one flapping, each with messages waiting and
// called every second, a healthy link carries what it carries alone. Small form of bench/isolation.ts, for a
// machine that is shared and noisy: short slices, interleaved, in Chappes that live all the time, and medians
// of them.
//
// The rule. A round is a slice of the clean Chappe (A), of the disturbed one (B) and of a second clean one
// (A'). The median of B / mean(A, A') is at least 0.95, less two standard errors of the median of as many
// A'/A, measured in this run and at most 0.15. The 99th percentile of transit is told and must not double: in
// slices this short it rests on ten messages, so its strict rule is that of bench/isolation.ts. If the first
// rounds miss the rule, rounds go on until the time is over; fewer than PAIRS_MIN rounds prove nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { p99Holds, type Round, throughputHolds, verdictOf } from '../../bench/isolation-verdict.ts';
import { type Arm, arms, IsolationWorld, type Slice } from '../../bench/isolation-world.ts';

const PAIRS_MIN = 3;
/** The 99th percentile of transit beside bad links, over that alone: the most that is let pass. */
const P99_RATIO_MAX = 2;
/** When this many rounds agree, it is enough. */
const PAIRS_ENOUGH = 10;
const PAIRS_MAX = 40;
/** How long rounds may go on, in milliseconds: the whole stays within a minute. */
const MEASURING_MS = 40_000;
const SLICE_MESSAGES = 1000;
const QUEUED_FOR_EACH = 200;

it('RT-D1: a healthy link does not feel dead, refusing, trickling and flapping ones', {
  timeout: 120_000,
}, async (t) => {
  const bad = ['dead', 'refusing', 'trickling', 'flapping'] as const;
  const world = await IsolationWorld.start({
    bad,
    links: bad.length + 1,
    queuedForEach: QUEUED_FOR_EACH,
    associations: 10,
    contentOctets: 2048,
  });
  t.after(() => world.stop());
  const endsAt = performance.now() + MEASURING_MS;
  for (const arm of [...arms, ...arms]) await world.slice(arm, SLICE_MESSAGES);

  const rounds: Round[] = [];
  while (rounds.length < PAIRS_MAX && (performance.now() < endsAt || rounds.length < PAIRS_MIN)) {
    rounds.push(await oneRound(world, rounds.length));
    const soFar = verdictOf(rounds);
    if (rounds.length >= PAIRS_ENOUGH && throughputHolds(soFar, true)) break;
  }

  const verdict = verdictOf(rounds);
  for (const [figure, { clean, disturbed, ratio, aaSpread, aaError }] of Object.entries(verdict)) {
    if (figure === 'pairs') continue;
    t.diagnostic(
      `${figure}: clean ${clean.toFixed(1)}, disturbed ${disturbed.toFixed(1)}, B/A ${ratio.toFixed(3)} ` +
        `(A/A spread ${aaSpread.toFixed(3)}, error of its median ${aaError.toFixed(3)})`,
    );
  }
  t.diagnostic(`${rounds.length} pairs of slices of ${SLICE_MESSAGES} messages; floor ${PAIRS_MIN}`);
  assert.ok(rounds.length >= PAIRS_MIN, `only ${rounds.length} pairs fitted, ${PAIRS_MIN} are the floor`);
  assert.ok(throughputHolds(verdict, true), `throughput: ${JSON.stringify(verdict.throughput)}`);
  assert.ok(verdict.p99.ratio <= P99_RATIO_MAX, `99th percentile of transit: ${JSON.stringify(verdict.p99)}`);
  await checkDisturbance(world);
});

/** The bad links were really called, their messages really wait, and the log was not flooded with them. */
async function checkDisturbance(world: IsolationWorld): Promise<void> {
  const events = world.events('disturbed');
  const metrics = await world.metrics('disturbed');
  for (const { kind, calls } of world.bad) {
    if (kind !== 'refusing') assert.ok(calls() > 2, `${kind} was called ${calls()} times`);
    const labels = `next_hop="link/${kind}",priority="normal",state="queued"`;
    assert.equal(metrics.get(`chappe_queue_copies{${labels}}`), QUEUED_FOR_EACH, `the queue of ${kind}`);
    assert.ok(!world.events('clean').has('link-open-failed'), 'the clean one has nothing to call them for');
  }
  assert.ok((events.get('link-open-failed') ?? 0) > 4, JSON.stringify([...events]));
  const about = ['connect-failed', 'link-open-failed', 'association-refused', 'link-unhealthy'];
  const lines = about.reduce((sum, name) => sum + (events.get(name) ?? 0), 0);
  // Of each kind no more than a link may say at once, however often it is called.
  assert.ok(lines <= world.bad.length * about.length * 22, `${lines} events about bad links`);
}

async function oneRound(world: IsolationWorld, round: number): Promise<Round> {
  const slices: Partial<Record<Arm, Slice>> = {};
  for (let turn = 0; turn < arms.length; turn += 1) {
    const arm = arms[(round + turn) % arms.length];
    slices[arm] = await world.slice(arm, SLICE_MESSAGES);
  }
  return slices as Round;
}

describe('the verdict of an isolation run', () => {
  /** Rounds whose disturbed slices have `ratio` of the clean throughput, with ±`noise` on everything. */
  const roundsOf = (ratio: number, noise: number): Round[] =>
    Array.from({ length: 12 }, (_, round) => {
      const sway = (step: number): number => 1 + noise * (((round * 5 + step * 3) % 7) / 3 - 1);
      const slice = (perSecond: number): Slice => ({
        perSecond,
        p50_ms: 1e3 / perSecond,
        p99_ms: 1e4 / perSecond,
        cpu_us: 1e5 / perSecond,
      });
      return {
        clean: slice(1000 * sway(0)),
        disturbed: slice(1000 * ratio * sway(1)),
        'clean-again': slice(1000 * sway(2)),
      };
    });

  it('lets equals pass, on a quiet machine and on a noisy one', () => {
    for (const noise of [0, 0.02, 0.1]) {
      const verdict = verdictOf(roundsOf(1, noise));
      assert.ok(throughputHolds(verdict, true) && p99Holds(verdict, true), JSON.stringify(verdict));
    }
  });

  it('catches a link that loses a tenth on a quiet machine, and a third on any', () => {
    for (const [ratio, noise] of [
      [0.9, 0.01],
      [0.66, 0.1],
      [0.66, 0.3],
    ]) {
      assert.ok(!throughputHolds(verdictOf(roundsOf(ratio, noise)), true), `ratio ${ratio}, noise ${noise}`);
    }
    assert.ok(!p99Holds(verdictOf(roundsOf(0.66, 0.02)), true));
  });

  it('allows a full run no noise', () => {
    assert.ok(throughputHolds(verdictOf(roundsOf(0.96, 0)), false));
    assert.ok(!throughputHolds(verdictOf(roundsOf(0.94, 0)), false));
  });
});
