// The octets of an exchange between two associations in which everything goes well: open, two transfers with
// checkpoints, the turn given and taken, release. The valid octets that fuzzing begins with.

import type { RTIndication, RTRequest } from '../../src/stack/association/index.ts';
import { accepting, type Answer, bindArgument, type End, octets, opened } from '../support/associations.ts';

export interface GoodExchange {
  /** What was handed over, piece by piece. */
  readonly toResponder: readonly Uint8Array[];
  readonly toInitiator: readonly Uint8Array[];
}

const plain = [octets('a003020101'), new Uint8Array(2500).fill(0x61), octets('a203020103')];

/** An initiator that transfers, gives the turn away, and releases once it has it again. */
function initiator(apdus: readonly Uint8Array[]): (indication: RTIndication) => readonly RTRequest[] {
  let sent = 0;
  const next = (): readonly RTRequest[] => {
    const apdu = apdus[sent];
    sent += 1;
    if (apdu === undefined) return [{ kind: 'RTTGreq' }];
    return [{ kind: 'RTTRreq', octetsTotal: apdu.length, first: [apdu], transferTime_ms: 600_000 }];
  };
  return ({ kind }) => {
    if (kind === 'RTOPENcnf+' || kind === 'RTTRcnf+') return next();
    if (kind === 'RTTGind') return [{ kind: 'RTCLOSEreq' }];
    return [];
  };
}

/** A responder that asks for the turn after the last but one. */
function responder(
  { length }: readonly Uint8Array[],
  indication: RTIndication,
  end: End,
): readonly RTRequest[] {
  if (indication.kind === 'RTTRind' && end.received().length === Math.max(1, length - 1)) {
    return [{ kind: 'RTTRrsp+' }, { kind: 'RTTPreq', priority: 1 }];
  }
  return indication.kind === 'RTTGind' ? [{ kind: 'RTTGreq' }] : accepting(indication, end);
}

/** `bind` is the bind argument; one that is merely an ASN.1 value if left out, as the APDUs are then. */
export function goodExchange(
  bind: Uint8Array = bindArgument,
  apdus: readonly Uint8Array[] = plain,
): GoodExchange {
  const asked = { dialogueMode: 'two-way-alternate', userData: bind } as const;
  const answers: Answer = (indication, end) => responder(apdus, indication, end);
  return handedOver(opened({ initiator: initiator(apdus), responder: answers, asked }));
}

/** Everything that each side sends until both are silent, as the pieces that were handed over. */
export function handedOver({ a, b }: { readonly a: End; readonly b: End }): GoodExchange {
  const toResponder: Uint8Array[] = [];
  const toInitiator: Uint8Array[] = [];
  for (;;) {
    const [fromA, fromB] = [a.takeSent(), b.takeSent()];
    if (fromA.length + fromB.length === 0) return { toResponder, toInitiator };
    if (fromA.length > 0) {
      toResponder.push(fromA);
      b.feed({ kind: 'octets', octets: fromA });
    }
    if (fromB.length > 0) {
      toInitiator.push(fromB);
      a.feed({ kind: 'octets', octets: fromB });
    }
  }
}
