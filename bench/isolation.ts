// Isolation: what a healthy link loses when others are dead, refusing and (with --hostile) trickling and
// flapping, each with messages waiting and called every second. Interleaved rounds of slices in three
// long-lived Chappes (see isolation-world.ts); medians of B/A beside the noise of A/A. Exits with 1 if the
// target is missed.
//
//   node bench/isolation.ts [--pairs 15] [--count 1500] [--links 3] [--hostile] [--json]

import { parseArgs } from 'node:util';
import { type Comparison, p99Holds, type Round, throughputHolds, verdictOf } from './isolation-verdict.ts';
import { type Arm, arms, IsolationWorld, type Slice } from './isolation-world.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '15' },
    count: { type: 'string', default: '1500' },
    links: { type: 'string' },
    associations: { type: 'string', default: '10' },
    size: { type: 'string', default: '2048' },
    queued: { type: 'string', default: '500' },
    hostile: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const bad = values.hostile
  ? (['dead', 'refusing', 'trickling', 'flapping'] as const)
  : (['dead', 'refusing'] as const);
const count = Number(values.count);
const world = await IsolationWorld.start({
  bad,
  links: Number(values.links ?? bad.length + 1),
  queuedForEach: Number(values.queued),
  associations: Number(values.associations),
  contentOctets: Number(values.size),
});
try {
  for (const arm of [...arms, ...arms]) await world.slice(arm, count);
  const rounds: Round[] = [];
  for (let round = 0; round < Number(values.pairs); round += 1) {
    rounds.push(await oneRound(round));
    if (!values.json) console.log(lineOf(round, rounds[round]));
  }
  const verdict = verdictOf(rounds);
  const loopDelayP99_ms = {
    clean: await world.loopDelayP99_ms('clean', 4 * count),
    disturbed: await world.loopDelayP99_ms('disturbed', 4 * count),
  };
  const holds = throughputHolds(verdict, false) && p99Holds(verdict, false);
  const calls = Object.fromEntries(world.bad.map((peer) => [peer.kind, peer.calls()]));
  const events = Object.fromEntries(
    [...world.events('disturbed')].filter(([name]) => !name.startsWith('transfer-')),
  );
  if (values.json) console.log(JSON.stringify({ holds, ...verdict, loopDelayP99_ms, calls, events, rounds }));
  else {
    console.table({
      'messages/s': rowOf(verdict.throughput),
      'transit p50 ms': rowOf(verdict.p50),
      'transit p99 ms': rowOf(verdict.p99),
      'processor µs a message': rowOf(verdict.cpu),
    });
    console.log({ holds, loopDelayP99_ms, calls, events });
  }
  process.exitCode = holds ? 0 : 1;
} finally {
  await world.stop();
}
process.exit();

/** One slice of each arm; who comes first changes from round to round. */
async function oneRound(round: number): Promise<Round> {
  const slices: Partial<Record<Arm, Slice>> = {};
  for (let turn = 0; turn < arms.length; turn += 1) {
    const arm = arms[(round + turn) % arms.length];
    slices[arm] = await world.slice(arm, count);
  }
  return slices as Round;
}

function lineOf(round: number, slices: Round): string {
  const told = arms.map(
    (arm) => `${arm} ${slices[arm].perSecond.toFixed(0)}/s ${slices[arm].p99_ms.toFixed(0)} ms`,
  );
  return `round ${round + 1}: ${told.join(', ')}`;
}

function rowOf(comparison: Comparison): Record<string, string> {
  const { clean, disturbed, ratio, aaSpread, aaError } = comparison;
  return {
    clean: clean.toFixed(1),
    disturbed: disturbed.toFixed(1),
    'B/A': ratio.toFixed(3),
    'A/A spread': aaSpread.toFixed(3),
    'A/A error of median': aaError.toFixed(3),
  };
}
