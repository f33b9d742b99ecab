// RT-F1: the rows of the tolerance matrix that lie below P1 (exchange-mta.md §3.F). Each sample is good
// octets with one deviation; it is accepted and told by name, and with the tolerance off it is a violation of
// its layer that says what was due and what came. What is plain standard is accepted and not told. The same
// samples over real sockets are rt-f1-sockets.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssociationOptions, AssociationOutput, RTRequest } from '../../src/stack/association/index.ts';
import { type StackTolerance, stackTolerances } from '../../src/stack/kernel/tolerance.ts';
import { withoutFields } from '../support/absent-fields.ts';
import {
  accepting,
  assertLeaveNothing,
  bindArgument,
  bindResult,
  End,
  optionsOf,
} from '../support/associations.ts';
import { type Deviation, inTwo, ourSizes, said, stackDeviations, type Traffic } from './stack-deviations.ts';

const traffic: Traffic = { bindArgument, bindResult, apdu: (octets) => new Uint8Array(octets) };
const rows = stackDeviations(traffic);
const [cr, cn] = said(traffic, 'initiator');
type Sample = Pick<Deviation, 'octets' | 'role' | 'secures'>;

interface Heard {
  readonly kinds: readonly string[];
  readonly others: readonly AssociationOutput[];
  /** The tolerances that were used. */
  readonly told: readonly string[];
  readonly end: End;
}

/** What our side makes of these octets; `off` is not tolerated. In the end nothing waits for anything. */
function heard({ octets, role = 'responder', secures = true }: Sample, off?: StackTolerance): Heard {
  const tolerates: AssociationOptions['tolerates'] = (name) => name !== off;
  const user = ({ kind }: { readonly kind: string }, end: End): readonly RTRequest[] =>
    kind === 'RTcheckpointind' && !secures ? [] : accepting(end.heard[end.heard.length - 1], end);
  const end = new End(optionsOf(role, { tolerates }), user);
  end.feed({ kind: 'connected' });
  if (role === 'initiator') {
    const dialogue = { dialogueMode: 'monologue', initialTurn: 'initiator' } as const;
    end.request({ kind: 'RTOPENreq', ...ourSizes, ...dialogue, userData: bindArgument });
  }
  for (const each of octets) end.feed({ kind: 'octets', octets: each });
  const [kinds, others] = [end.kinds(), [...end.others]];
  assertLeaveNothing(end);
  const told = others.flatMap((other) => (other.kind === 'tolerance' ? [other.name] : []));
  return { kinds, others, told, end };
}

for (const name of Object.keys(stackTolerances) as StackTolerance[]) {
  const sample = rows[name];
  test(`RT-F1: ${sample.row}: accepted, told as ${name}, and refused where that is off`, () => {
    const lenient = heard(sample);
    assert.equal(lenient.kinds.at(-1), sample.last);
    assert.deepEqual(lenient.told, [name]);
    assert.ok(lenient.others.every(({ kind }) => kind !== 'violation'));
    const strict = heard(sample, name);
    assert.deepEqual(strict.told, []);
    const [breach] = strict.others.flatMap((other) => (other.kind === 'violation' ? [other.violation] : []));
    assert.equal(breach?.layer, sample.layer);
    assert.ok(breach.clause.length > 0 && breach.expected.length > 0 && breach.got.length > 0);
    assert.notEqual(strict.kinds.at(-1), sample.last);
  });
}

/** What is standard: taken, and told to nobody. */
function assertStandard(sample: Sample, last: string): void {
  const { kinds, told, others } = heard(sample);
  assert.deepEqual([told, kinds.at(-1)], [[], last]);
  assert.ok(others.every(({ kind }) => kind !== 'violation'));
}

test('RT-F1: ISODE: a please-token in a TPDU of its own within its TSDU is standard, and not told', () => {
  assertStandard({ octets: [cr, inTwo(cn, 2)] }, 'RTOPENind');
});

test('RT-F1: MEMO: no dialogue mode in the CN is monologue by the standard, and not told', () => {
  const sample = { octets: [cr, withoutFields(cn, ['dialogueMode'], 'normal')] };
  assertStandard(sample, 'RTOPENind');
  const { end } = heard(sample);
  const [open] = end.heard;
  assert.ok(open.kind === 'RTOPENind' && open.dialogueMode === 'monologue');
});

test('RT-F1: PC gateway 3.2: checkpoint size 0, no recovery: one RTTR without points, and not told', () => {
  const octets = said(traffic, 'initiator', {
    sizes: { checkpointSize: 0, window: 3 },
    apduOctets: 5000,
  });
  const end = new End(optionsOf('responder', { offer: { checkpointSize: 0, window: 3 } }), accepting);
  end.feed({ kind: 'connected' });
  for (const each of octets) end.feed({ kind: 'octets', octets: each });
  assert.deepEqual(end.others, []);
  assert.deepEqual(end.received(), [new Uint8Array(5000)]);
  assert.ok(!end.kinds().includes('RTcheckpointind'));
  assertLeaveNothing(end);
});

test('RT-F1: nothing is told of a good exchange', () => {
  assertStandard({ octets: [cr, cn] }, 'RTOPENind');
});
