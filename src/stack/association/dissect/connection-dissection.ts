// Takes the octets of one connection, both directions, and says layer by layer what they are: TPKT, TPDU,
// SPDU, PPDU, ACSE, RTSE; whole APDUs come out at the end of their activity. Sees a conversation from
// outside: follows no state table, judges nothing, and goes on after what it does not understand.
// Invariant: what is held for one direction is at most one TSDU and one APDU, each within its limit.

import { concat } from '../../../base/octets.ts';
import type { ReceivedSpdu } from '../../session/spdu.ts';
import { decodeTsdu } from '../../session/spdu-decoder.ts';
import { TpktDecoder } from '../../tpkt/tpkt.ts';
import { decodeTpdu } from '../../transport/tpdu-codec.ts';
import type { Finding } from './finding.ts';
import { pieceOfApdu, presentationFindings, type SeenContexts, unwrapped } from './upper-layers.ts';
import { spduLines, spduNames, tpduLines } from './lower-layers.ts';

/** Largest TSDU or APDU that is put together, in octets. */
export const held_octets_max = 1024 * 1024 * 1024;

export type Direction = 'from-initiator' | 'from-responder';

/** Dissects one connection. */
export class ConnectionDissection {
  readonly #contexts: SeenContexts = { syntaxes: new Map(), x410: false };
  readonly #sides: Readonly<Record<Direction, Side>> = {
    'from-initiator': newSide(),
    'from-responder': newSide(),
  };

  /** The next octets that one end sent, cut anywhere. Never throws. */
  take(direction: Direction, octets: Uint8Array): readonly Finding[] {
    const side = this.#sides[direction];
    if (side.broken) return [];
    const { tpdus, violation } = side.tpkts.receive(octets);
    const found = tpdus.flatMap((tpdu) => this.#tpdu(side, tpdu));
    if (violation !== undefined) {
      side.broken = true;
      const detail = `expected ${violation.expected}, got ${violation.got}`;
      found.push({ kind: 'fault', layer: 'RFC 1006', detail });
    }
    return found;
  }

  #tpdu(side: Side, octets: Uint8Array): Finding[] {
    const tpkt: Finding = {
      kind: 'pdu',
      layer: 'RFC 1006',
      name: 'TPKT',
      detail: [`${octets.length + 4} octets`],
    };
    const tpdu = decodeTpdu(octets);
    if (!tpdu.ok) return [tpkt, { kind: 'fault', layer: 'X.224', detail: tpdu.error }];
    const found: Finding[] = [
      tpkt,
      { kind: 'pdu', layer: 'X.224', name: tpdu.value.kind, detail: tpduLines(tpdu.value) },
    ];
    if (tpdu.value.kind !== 'DT') return found;
    side.tsdu.push(tpdu.value.userData.slice());
    side.tsduOctets += tpdu.value.userData.length;
    if (side.tsduOctets > held_octets_max) {
      side.broken = true;
      return [
        ...found,
        { kind: 'fault', layer: 'X.224', detail: `a TSDU of more than ${held_octets_max} octets` },
      ];
    }
    if (!tpdu.value.endOfTsdu) return found;
    const tsdu = concat(side.tsdu);
    side.tsdu = [];
    side.tsduOctets = 0;
    return [...found, ...this.#tsdu(side, tsdu)];
  }

  #tsdu(side: Side, tsdu: Uint8Array): Finding[] {
    if (tsdu.length === 0) return [];
    const spdus = decodeTsdu(tsdu);
    if (!spdus.ok) return [{ kind: 'fault', layer: 'X.225', detail: spdus.error }];
    return spdus.value.flatMap((spdu) => this.#spdu(side, spdu));
  }

  #spdu(side: Side, spdu: ReceivedSpdu): Finding[] {
    const name = `${spdu.kind} ${spduNames[spdu.kind]}`;
    const found: Finding[] = [{ kind: 'pdu', layer: 'X.225', name, detail: spduLines(spdu) }];
    if (spdu.kind === 'AS' || spdu.kind === 'AR') side.apdu = { pieces: [], octets: 0 };
    if (spdu.kind === 'AD' || spdu.kind === 'AI') side.apdu = undefined;
    if (spdu.kind === 'DT') found.push(...this.#data(side, spdu));
    else if (spdu.userData !== undefined && spdu.userData.length > 0) {
      found.push(...presentationFindings(spdu.kind, spdu.userData, this.#contexts));
    }
    if (spdu.kind === 'AE') found.push(...this.#endOfActivity(side));
    return found;
  }

  #data(side: Side, spdu: ReceivedSpdu): Finding[] {
    const userData = spdu.userData ?? new Uint8Array(0);
    const end = spdu.enclosure === undefined || (spdu.enclosure & 2) !== 0;
    side.ssdu.push(userData);
    if (!end) return [];
    const ssdu = concat(side.ssdu);
    side.ssdu = [];
    const { findings, octets } = pieceOfApdu(ssdu, this.#contexts);
    if (side.apdu !== undefined && octets !== undefined) {
      side.apdu.pieces.push(octets);
      side.apdu.octets += octets.length;
      if (side.apdu.octets > held_octets_max) side.apdu = undefined;
    }
    return [...findings];
  }

  #endOfActivity(side: Side): Finding[] {
    const { apdu } = side;
    side.apdu = undefined;
    if (apdu === undefined || apdu.pieces.length === 0) return [];
    return [unwrapped(concat(apdu.pieces), this.#contexts)];
  }
}

interface Side {
  readonly tpkts: TpktDecoder;
  tsdu: Uint8Array[];
  tsduOctets: number;
  ssdu: Uint8Array[];
  apdu: { readonly pieces: Uint8Array[]; octets: number } | undefined;
  broken: boolean;
}

function newSide(): Side {
  return { tpkts: new TpktDecoder(), tsdu: [], tsduOctets: 0, ssdu: [], apdu: undefined, broken: false };
}
