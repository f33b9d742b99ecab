// An open, or its answer, as a peer writes it that leaves fields of RTORQ or RTOAC out where their DEFAULT is
// meant (X.228 9): takes them out of the octets that our own stack wrote, whose lengths are all definite. Not
// here: what is meant by their absence.

import { concat } from '../../src/base/octets.ts';

const USER_DATA = 0xc1;
const headers_octets = 7;
/** Fields of RTORQ and RTOAC by their tags. */
export const openFields = { checkpointSize: 0x80, window: 0x81, dialogueMode: 0x82 } as const;
export type OpenField = keyof typeof openFields;

/** The packet of a CONNECT or an ACCEPT, without these fields. */
export function withoutFields(
  packet: Uint8Array,
  fields: readonly OpenField[],
  mode: 'normal' | 'x410-1984',
): Uint8Array {
  const apdus = mode === 'normal' ? [0xb0, 0xb1] : [0xa1];
  const tags = fields.map((field) => openFields[field]);
  const [spdu] = sessionUnits(packet.subarray(headers_octets));
  const parameters = sessionUnits(spdu.value).map(({ code, value }) =>
    sessionUnit(code, code === USER_DATA ? thinned(value, { apdus, tags }) : value),
  );
  const rest = concat([packet.subarray(4, headers_octets), sessionUnit(spdu.code, concat(parameters))]);
  const length = rest.length + 4;
  return concat([packet.subarray(0, 2), Uint8Array.of(length >> 8, length & 0xff), rest]);
}

/** The elements without those of `tags` in the first of `apdus` on each way down. */
function thinned(
  octets: Uint8Array,
  what: { readonly apdus: readonly number[]; readonly tags: readonly number[] },
): Uint8Array {
  return concat(
    elements(octets).map(({ tag, value }) => {
      if (what.apdus.includes(tag)) {
        const kept = elements(value).filter((each) => !what.tags.includes(each.tag));
        return element(tag, concat(kept.map((each) => element(each.tag, each.value))));
      }
      return element(tag, (tag & 0x20) === 0 ? value : thinned(value, what));
    }),
  );
}

interface Unit {
  readonly code: number;
  readonly value: Uint8Array;
}

/** X.225 8.2: code, length in one octet or three, value. */
function sessionUnits(octets: Uint8Array): Unit[] {
  const units: Unit[] = [];
  for (let at = 0; at < octets.length; ) {
    const long = octets[at + 1] === 0xff;
    const length = long ? (octets[at + 2] << 8) | octets[at + 3] : octets[at + 1];
    const from = at + (long ? 4 : 2);
    units.push({ code: octets[at], value: octets.subarray(from, from + length) });
    at = from + length;
  }
  return units;
}

function sessionUnit(code: number, value: Uint8Array): Uint8Array {
  const { length } = value;
  return length < 0xff
    ? concat([Uint8Array.of(code, length), value])
    : concat([Uint8Array.of(code, 0xff, length >> 8, length & 0xff), value]);
}

function elements(octets: Uint8Array): { readonly tag: number; readonly value: Uint8Array }[] {
  const found = [];
  for (let at = 0; at < octets.length; ) {
    const first = octets[at + 1];
    const more = first < 0x80 ? 0 : first & 0x7f;
    let length = first < 0x80 ? first : 0;
    for (let index = 0; index < more; index += 1) length = length * 256 + octets[at + 2 + index];
    const from = at + 2 + more;
    found.push({ tag: octets[at], value: octets.subarray(from, from + length) });
    at = from + length;
  }
  return found;
}

function element(tag: number, value: Uint8Array): Uint8Array {
  const { length } = value;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return concat([Uint8Array.from(header), value]);
}
