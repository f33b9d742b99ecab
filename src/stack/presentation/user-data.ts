// User-data of a PPDU (X.226 8.4): presentation data values, fully encoded. Writes one PDV-list a value,
// with the value's pieces as they are; reads every form of PDV-list. Simply encoded data is not ours (more
// than one context is always proposed, X.226 8.4.1) and is an error. Invariant: a value that comes up is
// one whole element.

import {
  decode,
  decodePrefix,
  elementHeaderOctets,
  raw,
  rawOctets,
  rawOf,
  writeElementHeader,
} from '../../asn1/index.ts';
import { concat, totalOctets } from '../../base/octets.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { contextValueHead } from '../kernel/context-value.ts';
import { type PDVList, UserData } from './ppdu.ts';
import type { PresentationDataReceived, PresentationDataValue } from './service.ts';

type Received = Result<readonly PresentationDataReceived[], string>;

const FULLY_ENCODED = 0x61;
const SEQUENCE = 0x30;

/** The pieces of a User-data that holds `values` in order. Their own pieces are not copied. */
export function encodeUserData(values: readonly PresentationDataValue[]): Uint8Array[] {
  const lists = values.map(({ context, value }) => contextValueHead(SEQUENCE, context, totalOctets(value)));
  let octets = 0;
  for (const list of lists) octets += list.octetsTotal;
  const pieces: Uint8Array[] = [];
  for (const [index, list] of lists.entries()) {
    const outer = index === 0 ? elementHeaderOctets(octets) : 0;
    const head = new Uint8Array(outer + list.head.length);
    if (index === 0) writeElementHeader(head, 0, { identifier: FULLY_ENCODED, octets });
    head.set(list.head, outer);
    pieces.push(head, ...values[index].value);
  }
  return pieces;
}

/**
 * The same as a field of a PPDU; undefined for no values. For PPDUs that are small: the pieces are joined.
 */
export function userDataField(values: readonly PresentationDataValue[]): UserData | undefined {
  if (values.length === 0) return undefined;
  return {
    kind: 'fullyEncodedData',
    value: values.map(({ context, value }) => ({
      presentationContextIdentifier: context,
      presentationDataValues: { kind: 'singleASN1Type', value: rawOf(concat(value)) },
    })),
  };
}

/** The values in an encoded User-data, or what is wrong with it. */
export function decodeUserData(octets: Uint8Array): Received {
  const decoded = decode(UserData, octets);
  return decoded.ok ? receivedValues(decoded.value) : err(decoded.error.message);
}

/** The values in a decoded User-data; none where there is none. */
export function receivedValues(userData: UserData | undefined): Received {
  if (userData === undefined) return ok([]);
  if (userData.kind === 'simplyEncodedData') return err('simply encoded data');
  const values: PresentationDataReceived[] = [];
  for (const list of userData.value) {
    const failure = takeList(list, values);
    if (failure !== undefined) return err(failure);
  }
  return ok(values);
}

function takeList(list: PDVList, values: PresentationDataReceived[]): string | undefined {
  const context = list.presentationContextIdentifier;
  const data = list.presentationDataValues;
  switch (data.kind) {
    case 'singleASN1Type':
      values.push({ context, value: rawOctets(data.value) });
      return undefined;
    case 'octetAligned':
      return takeElements(data.value, context, values);
    case 'arbitrary':
      if (data.value.bits % 8 !== 0) return 'data values that are not whole octets';
      return takeElements(data.value.octets, context, values);
  }
}

/** X.226 8.4.2.3: several values of one context, one after the other. */
function takeElements(
  octets: Uint8Array,
  context: number,
  values: PresentationDataReceived[],
): string | undefined {
  let at = 0;
  while (at < octets.length) {
    const rest = octets.subarray(at);
    const decoded = decodePrefix(raw(), rest);
    if (!decoded.ok) return decoded.error.message;
    values.push({ context, value: rest.subarray(0, decoded.value.end) });
    at += decoded.value.end;
  }
  return undefined;
}
