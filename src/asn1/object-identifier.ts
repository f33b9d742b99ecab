// Object identifiers as dotted text and as contents octets (X.690 8.19). Arcs of any size up to
// arc_octets_max. Text that was encoded is remembered: the same few identifiers go out in every message.

/** Octets of one arc: 128 bits (the UUID arcs of X.667) take 19. */
const arc_octets_max = 20;
/** Octets of one identifier: nothing registered comes near; text takes up to four times as much. */
const oid_octets_max = 1024;
/** Identifiers remembered; when there are more, all are forgotten. */
const remembered_max = 512;

const known = new Map<string, Uint8Array>();

/** The dotted text of contents octets, or undefined if they are no object identifier. */
export function oidText(octets: Uint8Array, from: number, to: number): string | undefined {
  if (from >= to || to - from > oid_octets_max || octets[to - 1] >= 0x80) return undefined;
  let text = '';
  let at = from;
  while (at < to) {
    if (octets[at] === 0x80) return undefined;
    const begin = at;
    let arc = 0;
    while (octets[at] >= 0x80) {
      arc = arc * 128 + (octets[at] & 0x7f);
      at += 1;
    }
    arc = arc * 128 + octets[at];
    at += 1;
    if (at - begin > arc_octets_max) return undefined;
    const digits = arc <= Number.MAX_SAFE_INTEGER ? undefined : bigArc(octets, begin, at);
    if (begin !== from) text += `.${digits ?? arc}`;
    else if (digits !== undefined) text = `2.${digits - 80n}`;
    else text = arc < 80 ? `${arc < 40 ? 0 : 1}.${arc % 40}` : `2.${arc - 80}`;
  }
  return text;
}

/** The contents octets of dotted text, or undefined if it is no object identifier. */
export function oidOctets(text: string): Uint8Array | undefined {
  const found = known.get(text);
  if (found !== undefined) return found;
  const octets = encodeArcs(text);
  if (octets === undefined) return undefined;
  if (known.size >= remembered_max) known.clear();
  known.set(text, octets);
  return octets;
}

function bigArc(octets: Uint8Array, from: number, to: number): bigint {
  let arc = 0n;
  for (let at = from; at < to; at += 1) arc = arc * 128n + BigInt(octets[at] & 0x7f);
  return arc;
}

function encodeArcs(text: string): Uint8Array | undefined {
  if (!/^[0-2]\.(0|[1-9]\d{0,38})(\.(0|[1-9]\d{0,38}))*$/.test(text)) return undefined;
  const [first, second, ...rest] = text.split('.').map(BigInt);
  if (first < 2n && second > 39n) return undefined;
  const octets: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const groups = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.push(Number(left & 0x7fn) | 0x80);
    if (groups.length > arc_octets_max) return undefined;
    octets.push(...groups.reverse());
  }
  return octets.length > oid_octets_max ? undefined : Uint8Array.from(octets);
}
