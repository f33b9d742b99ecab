// Reads and writes the TPDUs of class 0 (X.224 13). Unknown parameters are passed over (13.2.3). Any octets
// give a TPDU or a reason why they are none; nothing throws. A DT is read without copying its user data.

import { assert } from '../../base/assert.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { ConnectTpdu, ErrorTpdu, Tpdu } from './tpdu.ts';

/** The default over RFC 1006, and the most a packet holds. */
export const TPDU_OCTETS_DEFAULT = 65_531;

const CODE = { CR: 0xe0, CC: 0xd0, DR: 0x80, DC: 0xc0, DT: 0xf0, ER: 0x70 } as const;
const PARAMETER = {
  tpduSize: 0xc0,
  callingOrInvalidTpdu: 0xc1,
  called: 0xc2,
  alternativeClasses: 0xc7,
} as const;
const SELECTOR_OCTETS_MAX = 32;
/** 2^7 to 2^13 are X.224's; up to 2^16 is taken for the sake of peers that want more over RFC 1006. */
const TPDU_SIZE_CODE_MIN = 7;
const TPDU_SIZE_CODE_STANDARD_MAX = 13;
const TPDU_SIZE_CODE_MAX = 16;

/** The TPDU in `octets` (one NSDU), or what is wrong with it. */
export function decodeTpdu(octets: Uint8Array): Result<Tpdu, string> {
  const headerEnd = octets[0] + 1;
  if (!(headerEnd >= 3 && headerEnd <= octets.length) || octets[0] === 0xff) {
    return err(`length indicator ${octets[0]} in ${octets.length} octets`);
  }
  const code = octets[1];
  if (code === CODE.DT || code === (CODE.DT | 1)) {
    return ok({ kind: 'DT', endOfTsdu: (octets[2] & 0x80) !== 0, userData: octets.subarray(headerEnd) });
  }
  const header = octets.subarray(0, headerEnd);
  switch (code & 0xf0) {
    case CODE.CR:
    case CODE.CC:
      return decodeConnect((code & 0xf0) === CODE.CR ? 'CR' : 'CC', header);
    case CODE.DR:
      if (header.length < 7) return err('short DR');
      return ok({ kind: 'DR', destination: uint16(header, 2), source: uint16(header, 4), reason: header[6] });
    case CODE.DC:
      if (header.length < 6) return err('short DC');
      return ok({ kind: 'DC', destination: uint16(header, 2), source: uint16(header, 4) });
    case CODE.ER:
      return decodeError(header);
    default:
      return err(`TPDU code ${code}`);
  }
}

/** The octets of a CR or CC. Parameters in the order in which common peers send them. */
export function encodeConnect(tpdu: ConnectTpdu): Uint8Array {
  const parameters: number[] = [];
  putParameter(parameters, PARAMETER.callingOrInvalidTpdu, tpdu.calling);
  putParameter(parameters, PARAMETER.called, tpdu.called);
  if (tpdu.tpduOctets !== undefined) {
    parameters.push(PARAMETER.tpduSize, 1, tpduSizeCode(tpdu.tpduOctets));
  }
  if (tpdu.alternativeClasses.length > 0) {
    parameters.push(PARAMETER.alternativeClasses, tpdu.alternativeClasses.length);
    for (const alternative of tpdu.alternativeClasses) parameters.push(alternative << 4);
  }
  const length = 6 + parameters.length;
  assert(length < 0xff, 'the selectors fit in a CR');
  return Uint8Array.from([
    length,
    CODE[tpdu.kind],
    ...octets16(tpdu.destination),
    ...octets16(tpdu.source),
    tpdu.class << 4,
    ...parameters,
  ]);
}

/** The octets of a DR without additional information. */
export function encodeDisconnect(tpdu: { destination: number; source: number; reason: number }): Uint8Array {
  const { destination, source, reason } = tpdu;
  return Uint8Array.from([6, CODE.DR, ...octets16(destination), ...octets16(source), reason]);
}

/** The octets of an ER; of the rejected TPDU at most its first 64 are repeated. */
export function encodeError(tpdu: ErrorTpdu): Uint8Array {
  const invalid: number[] = [];
  putParameter(invalid, PARAMETER.callingOrInvalidTpdu, tpdu.invalidTpdu?.subarray(0, 64));
  return Uint8Array.from([
    4 + invalid.length,
    CODE.ER,
    ...octets16(tpdu.destination),
    tpdu.cause,
    ...invalid,
  ]);
}

/** The header of a DT, with room for `extra` octets behind it. */
export function encodeDataHeader(endOfTsdu: boolean, extra = 0): Uint8Array {
  const header = new Uint8Array(3 + extra);
  header[0] = 2;
  header[1] = CODE.DT;
  header[2] = endOfTsdu ? 0x80 : 0;
  return header;
}

/** The largest TPDU size that parameter 0xc0 can name and that is not above `octets`. */
export function nameableTpduOctets(octets: number): number {
  return Math.min(TPDU_OCTETS_DEFAULT, 2 ** tpduSizeCode(octets));
}

function tpduSizeCode(octets: number): number {
  assert(octets >= 128, 'a TPDU has at least 128 octets');
  return Math.min(TPDU_SIZE_CODE_STANDARD_MAX, Math.floor(Math.log2(octets)));
}

function decodeConnect(kind: 'CR' | 'CC', header: Uint8Array): Result<ConnectTpdu, string> {
  if (header.length < 7) return err(`short ${kind}`);
  let tpduOctets: number | undefined;
  let sizeCodeBeyond: number | undefined;
  let calling: Uint8Array | undefined;
  let called: Uint8Array | undefined;
  let alternativeClasses: number[] = [];
  for (let at = 7; at < header.length; ) {
    const end = at + 2 + header[at + 1];
    if (!(end <= header.length)) return err(`parameter ${header[at]} of ${kind} beyond its end`);
    const value = header.slice(at + 2, end);
    switch (header[at]) {
      case PARAMETER.tpduSize:
        if (value.length === 0) return err('empty TPDU size');
        if (value[0] < TPDU_SIZE_CODE_MIN || value[0] > TPDU_SIZE_CODE_MAX) {
          return err(`TPDU size code ${value[0]}`);
        }
        tpduOctets = Math.min(TPDU_OCTETS_DEFAULT, 2 ** value[0]);
        if (value[0] > TPDU_SIZE_CODE_STANDARD_MAX) sizeCodeBeyond = value[0];
        break;
      case PARAMETER.callingOrInvalidTpdu:
        if (value.length > SELECTOR_OCTETS_MAX) return err(`calling selector of ${value.length} octets`);
        calling = value;
        break;
      case PARAMETER.called:
        if (value.length > SELECTOR_OCTETS_MAX) return err(`called selector of ${value.length} octets`);
        called = value;
        break;
      case PARAMETER.alternativeClasses:
        alternativeClasses = Array.from(value, (octet) => octet >> 4);
        break;
      default:
    }
    at = end;
  }
  const references = { destination: uint16(header, 2), source: uint16(header, 4) };
  const optional = {
    ...(tpduOctets !== undefined && { tpduOctets }),
    ...(calling !== undefined && { calling }),
    ...(sizeCodeBeyond !== undefined && { sizeCodeBeyond }),
    ...(called !== undefined && { called }),
  };
  return ok({ kind, ...references, class: header[6] >> 4, alternativeClasses, ...optional });
}

function decodeError(header: Uint8Array): Result<ErrorTpdu, string> {
  if (header.length < 5) return err('short ER');
  const tpdu: ErrorTpdu = { kind: 'ER', destination: uint16(header, 2), cause: header[4] };
  const end = 7 + header[6];
  if (header[5] !== PARAMETER.callingOrInvalidTpdu || !(end <= header.length)) return ok(tpdu);
  return ok({ ...tpdu, invalidTpdu: header.slice(7, end) });
}

function putParameter(parameters: number[], code: number, value: Uint8Array | undefined): void {
  if (value !== undefined) parameters.push(code, value.length, ...value);
}

function uint16(octets: Uint8Array, at: number): number {
  return (octets[at] << 8) | octets[at + 1];
}

function octets16(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}
