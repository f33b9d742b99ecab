// What must hold of an association whose user is played by a test: it hears of one end, once, and after it
// nothing is waited for or said. And an association whose outputs are tampered with, for planted bugs.

import type { Instant } from '../../src/base/time.ts';
import type { AssociationMachine, AssociationOutput } from '../../src/stack/association/index.ts';

/** The indications after which there is no association. */
export const terminalIndications: ReadonlySet<string> = new Set([
  'RTPABind',
  'RTUABind',
  'RTOPENcnf-',
  'RTCLOSEcnf',
]);

/** What is wrong with the end of an association that is closed; `ending`: its user ended it itself. */
export function endBreaches(
  machine: AssociationMachine,
  heard: { readonly terminals: readonly string[]; readonly ending: boolean },
  now: Instant,
): readonly string[] {
  const { terminals, ending } = heard;
  const breaches: string[] = [];
  if (terminals.length > 1 || (terminals.length === 0 && !ending)) {
    breaches.push(`heard ${terminals.length} ends: ${terminals}`);
  }
  if (machine.nextTimeout() !== undefined) breaches.push('has a timer after the end');
  for (const input of [{ kind: 'timer' }, { kind: 'lost', detail: 'again' }] as const) {
    if (machine.handle(input, now).length > 0) breaches.push('speaks after the end');
  }
  return breaches;
}

/** The machine, but for its outputs, which are what `handle` makes of them. */
export function tampered(
  machine: AssociationMachine,
  handle: (outputs: readonly AssociationOutput[]) => readonly AssociationOutput[],
): AssociationMachine {
  return {
    handle: (input, now) => handle(machine.handle(input, now)),
    nextTimeout: () => machine.nextTimeout(),
    states: () => machine.states(),
  };
}
