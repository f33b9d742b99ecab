// What an association acknowledged on the wire, read off its octets: ends of activities (AEA) and minor
// synchronisation points (MIA). None may be there before the user said that it had secured what is
// acknowledged.

import { decodeTsdu } from '../../src/stack/session/spdu-decoder.ts';
import { TpktDecoder } from '../../src/stack/tpkt/tpkt.ts';
import { decodeTpdu } from '../../src/stack/transport/tpdu-codec.ts';

export class Acknowledgements {
  readonly #tpkts = new TpktDecoder();
  #ends = 0;
  #points = 0;
  #endsAllowed = 0;
  #pointsAllowed = 0;

  allowEnds(count: number): void {
    this.#endsAllowed = count;
  }

  allowPoints(count: number): void {
    this.#pointsAllowed = count;
  }

  /** Looks at octets that are being sent; says which acknowledgements among them are too early. */
  sent(octets: readonly Uint8Array[]): string[] {
    const breaches: string[] = [];
    for (const kind of octets.flatMap((piece) => this.#kinds(piece))) {
      if (kind === 'AEA') this.#ends += 1;
      if (kind === 'MIA') this.#points += 1;
    }
    if (this.#ends > this.#endsAllowed)
      breaches.push('an end of activity is acknowledged before it is secured');
    if (this.#points > this.#pointsAllowed) breaches.push('a point is acknowledged before it is secured');
    return breaches;
  }

  #kinds(piece: Uint8Array): string[] {
    return this.#tpkts.receive(piece).tpdus.flatMap((octets) => {
      const tpdu = decodeTpdu(octets);
      if (!tpdu.ok || tpdu.value.kind !== 'DT' || !tpdu.value.endOfTsdu) return [];
      const spdus = decodeTsdu(tpdu.value.userData);
      return spdus.ok ? spdus.value.map(({ kind }) => kind) : [];
    });
  }
}
