// RT-E2 (Q185934, Q189754, Q187929, Q140958): what an open proposes and what is agreed, over the matrix of
// window, checkpoint size, dialogue mode, selectors and mode, each field also absent; two stacks in memory;
// and the same result when the association is recovered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLatin1, toHex } from '../../src/base/octets.ts';
import type { RTIndication } from '../../src/stack/association/index.ts';
import { type OpenField, openFields, withoutFields } from '../support/absent-fields.ts';
import {
  assertLeaveNothing,
  type End,
  inBothModes,
  type Mode,
  octets,
  opened,
} from '../support/associations.ts';

const windows = [0, 1, 3, 5, 99];
const checkpoints = [0, 1, 30, 64, 1024];
const dialogues = ['monologue', 'two-way-alternate'] as const;
/** X.228 9: what an absent field means. */
const defaults = { checkpointSize: 0, window: 3, dialogueMode: 'monologue' } as const;
const recover = { callingUserReference: fromLatin1('test'), commonReference: fromLatin1('260101000000Z') };
const layers = (name: string) => ({
  transport: fromLatin1(`${name}-T`),
  session: fromLatin1(`${name}-S`),
  presentation: fromLatin1(`${name}-P`),
});
const noSelectors = { called: {}, calling: {} };
const allSelectors = { called: layers('there'), calling: layers('here') };

interface Proposal {
  readonly checkpointSize: number;
  readonly window: number;
  readonly dialogueMode: (typeof dialogues)[number];
  /** Fields that the caller leaves out, since they have their default. */
  readonly absent: readonly OpenField[];
}

/** Each value there, and absent where it is the default. */
function withAbsent<Value>(values: readonly Value[], byDefault: Value): readonly [Value, boolean][] {
  return [...values.map((value): [Value, boolean] => [value, false]), [byDefault, true]];
}

const proposals: readonly Proposal[] = withAbsent(windows, defaults.window).flatMap(([window, noWindow]) =>
  withAbsent(checkpoints, defaults.checkpointSize).flatMap(([checkpointSize, noCheckpoint]) =>
    withAbsent<Proposal['dialogueMode']>(dialogues, defaults.dialogueMode).map(
      ([dialogueMode, noDialogue]) => {
        const absent: OpenField[] = [];
        if (noWindow) absent.push('window');
        if (noCheckpoint) absent.push('checkpointSize');
        if (noDialogue) absent.push('dialogueMode');
        return { checkpointSize, window, dialogueMode, absent };
      },
    ),
  ),
);

/** X.228: the lower of both; a checkpoint size of 0 is no limit, and a window is never less than 1. */
function lowerSize(a: number, b: number): number {
  const size = Math.min(a === 0 ? Number.POSITIVE_INFINITY : a, b === 0 ? Number.POSITIVE_INFINITY : b);
  return Number.isFinite(size) ? size : 0;
}

/** Opens; the fields that are absent are taken out of the octets on their way. */
function openedWithout(
  { absent, ...asked }: Proposal,
  how: {
    readonly mode: Mode;
    readonly recovering: boolean;
    readonly selectors: typeof noSelectors | typeof allSelectors;
    readonly offer: { readonly checkpointSize: number; readonly window: number };
    /** Fields of the answer that are absent. */
    readonly unanswered: readonly OpenField[];
  },
): { readonly a: End; readonly b: End } {
  const { mode, recovering, selectors, offer, unanswered } = how;
  const { a, b } = opened({
    mode,
    asked: { ...asked, ...(recovering && { recover }) },
    initiatorOptions: selectors,
    responderOptions: { offer },
  });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  a.feed({ kind: 'octets', octets: b.takeSent() });
  b.feed({ kind: 'octets', octets: withoutFields(a.takeSent(), absent, mode) });
  a.feed({ kind: 'octets', octets: withoutFields(b.takeSent(), unanswered, mode) });
  return { a, b };
}

function outcome({ a, b }: { readonly a: End; readonly b: End }) {
  const [confirm] = a.heard;
  const [indication] = b.heard;
  assert(confirm?.kind === 'RTOPENcnf+' && indication?.kind === 'RTOPENind');
  return { confirm, indication };
}

type Open = Extract<RTIndication, { kind: 'RTOPENind' }>;

/** The selectors that are to be seen: X.410-1984 mode has no presentation protocol, and none of it. */
function seen(selectors: typeof noSelectors | typeof allSelectors, mode: Mode): Open['selectors'] {
  const of = (side: 'called' | 'calling'): Open['selectors']['called'] => {
    const { transport, session, presentation } = { ...layers(''), ...selectors[side] };
    const none = { transport: undefined, session: undefined, presentation: undefined };
    if (selectors === noSelectors) return none;
    return mode === 'normal' ? { transport, session, presentation } : { ...none, transport, session };
  };
  return { called: of('called'), calling: of('calling') };
}

for (const [how, selectors] of [
  ['without selectors', noSelectors],
  ['with selectors', allSelectors],
] as const) {
  inBothModes(`RT-E2: the lower of both, ${how}, the same on both sides and on recovery`, (mode) => {
    let cases = 0;
    for (const proposal of proposals) {
      for (const offeredWindow of windows) {
        for (const offeredSize of checkpoints) {
          const checkpointSize = lowerSize(proposal.checkpointSize, offeredSize);
          const window = Math.max(1, Math.min(proposal.window, offeredWindow));
          const answered = { checkpointSize, window };
          // What the answer has by default it may leave out as well: every other one does.
          const unanswered = (['checkpointSize', 'window'] as const).filter(
            (field) => (cases / 2) % 2 === 0 && answered[field] === defaults[field],
          );
          const offer = { checkpointSize: offeredSize, window: offeredWindow };
          for (const recovering of [false, true]) {
            const ends = openedWithout(proposal, { mode, recovering, selectors, offer, unanswered });
            const { confirm, indication } = outcome(ends);
            const where = JSON.stringify({ proposal, offer, unanswered, recovering });
            assert.deepEqual(indication.answered, answered, where);
            assert.deepEqual([confirm.checkpointSize, confirm.window], [checkpointSize, window], where);
            assert.deepEqual(
              [indication.checkpointSize, indication.window],
              [proposal.checkpointSize, proposal.window],
            );
            assert.equal(confirm.dialogueMode, proposal.dialogueMode, where);
            assert.equal(indication.dialogueMode, proposal.dialogueMode, where);
            assert.equal(indication.mode, mode);
            assert.equal(indication.recover !== undefined, recovering, where);
            assert.deepEqual(indication.selectors, seen(selectors, mode), where);
            assertLeaveNothing(ends.a, ends.b);
          }
          cases += 2;
        }
      }
    }
    assert.equal(cases, 6 * 6 * 3 * 5 * 5 * 2);
  });
}

test('RT-E2: what the matrix calls absent is absent on the wire', () => {
  for (const mode of ['normal', 'x410-1984'] as const) {
    const absent = Object.keys(openFields) as OpenField[];
    const { a, b } = opened({ mode, asked: { window: 3, checkpointSize: 0 } });
    b.feed({ kind: 'octets', octets: a.takeSent() });
    a.feed({ kind: 'octets', octets: b.takeSent() });
    const whole = a.takeSent();
    const without = withoutFields(whole, absent, mode);
    // Three fields of three octets; lengths may take fewer octets, too.
    assert.ok(without.length <= whole.length - 9);
    assert.ok(includes(whole, octets('800100810103820100')));
    assert.ok(!includes(without, octets('810103')));
    assert.deepEqual(withoutFields(whole, [], mode).slice(-40), whole.slice(-40));
  }
});

function includes(whole: Uint8Array, part: Uint8Array): boolean {
  return toHex(whole).includes(toHex(part));
}
