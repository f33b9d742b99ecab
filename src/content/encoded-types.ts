// The encoded information types of what a message holds (X.420 06/1999, 20.4; X.411, 8.2.1.1.1.33): told part
// by part, forwarded messages' parts among them. Pure.

import { bitsOf } from '../asn1/index.ts';
import { builtInEncodedInformationTypeBits, type EncodedInformationTypes } from '../p1/index.ts';
import { characterSetEIT } from './build-content.ts';
import { typeBitOf } from './downgrade-body.ts';
import type { BodyPart, IPM } from './ipm.ts';
import { type Repertoire, setsOf } from './repertoires.ts';
import {
  generalRegistrations,
  generalRegistrationsOf,
  idEtGeneralText,
  idEtIA5Text,
  idEtTeletex,
} from './text-part.ts';

const bits = builtInEncodedInformationTypeBits;
/** id-eit-file-transfer for the file transfer body part (X.420, IPMSObjectIdentifiers). */
const typesOfExtended: ReadonlyMap<string, string> = new Map([['2.6.1.4.12', '2.6.1.12.0']]);

export class TypeTally {
  /** Whether there was a part that P2 of 1984 does not know. */
  hasExtended = false;
  readonly #bits = new Set<number>();
  readonly #extended = new Set<string>();

  add(part: BodyPart): void {
    if (part.kind === 'message') for (const each of part.value.data.body ?? []) this.add(each);
    else if (part.kind === 'extended') {
      this.addExtended(part.value.data.directReference ?? '', generalRegistrations(part.value));
    } else this.#bits.add(typeBitOf(part));
  }

  /** A basic body part that was not read: its bit. */
  addBit(bit: number): void {
    this.#bits.add(bit);
  }

  /** An extended part by its type; of general text, with its registrations. */
  addExtended(type: string, registrations: readonly number[] | undefined): void {
    this.hasExtended = true;
    if (type === idEtIA5Text) this.#bits.add(bits['ia5-text']);
    else if (type === idEtTeletex) this.#bits.add(bits.teletex);
    else if (type === idEtGeneralText) {
      for (const number of registrations ?? []) this.#extended.add(`${characterSetEIT}.${number}`);
    } else if (type !== '') this.#extended.add(typesOfExtended.get(type) ?? type);
  }

  /** A text that was made in this repertoire. */
  addMade(repertoire: Repertoire): void {
    if (repertoire === 't61') this.#bits.add(bits.teletex);
    else if (setsOf(repertoire).right === undefined) this.#bits.add(bits['ia5-text']);
    else this.addExtended(idEtGeneralText, generalRegistrationsOf(repertoire));
  }

  types(): EncodedInformationTypes {
    return {
      builtInEncodedInformationTypes: bitsOf([...this.#bits].sort((a, b) => a - b)),
      g3Facsimile: bitsOf([], 0),
      teletex: {},
      ...(this.#extended.size > 0 && { extendedEncodedInformationTypes: [...this.#extended] }),
    };
  }
}

/** The types of a message's body parts. */
export function typesOf(ipm: IPM): EncodedInformationTypes {
  const tally = new TypeTally();
  for (const part of ipm.body ?? []) tally.add(part);
  return tally.types();
}
