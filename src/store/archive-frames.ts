// The frames of an archive of messages (docs/archive.md): octets cut into pieces that each carry their own
// checksums, so that an archive can be written and read as it comes, and what is whole in a damaged one is
// found. Knows no message and no file. Invariant: a reader holds at most one frame, whatever it is given.
//
//   0    magic "ChAr", kind (four letters), length of the payload, nonce of the archive, CRC-32 of these
//   20   payload
//   +n   CRC-32 of the payload

import { crc32 } from 'node:zlib';

export const frameKinds = ['HEAD', 'MESG', 'ENVL', 'CONT', 'TRAK', 'ENDM', 'DROP', 'ENDA'] as const;
export type FrameKind = (typeof frameKinds)[number];

/** Octets of a frame before its payload, and after it. */
const header_octets = 20;
const trailer_octets = 4;
/** Largest payload: the names of 32,767 recipients with room to spare. */
export const payload_octets_max = 32 * 1024 * 1024;

const magic = 0x43684172;

export interface ArchiveFrame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
}

/** What a reader found: a frame that is whole, or that something between two frames is not. */
export type Found =
  | { readonly kind: 'frame'; readonly frame: ArchiveFrame }
  | { readonly kind: 'damage'; readonly at: number; readonly detail: string };

/** One frame as octets. Frames of one archive have the same nonce. */
export function frameOf(kind: FrameKind, payload: Uint8Array, nonce: number): Uint8Array {
  const octets = new Uint8Array(header_octets + payload.length + trailer_octets);
  const view = new DataView(octets.buffer);
  view.setUint32(0, magic);
  new TextEncoder().encodeInto(kind, octets.subarray(4, 8));
  view.setUint32(8, payload.length);
  view.setUint32(12, nonce);
  view.setUint32(16, crc32(octets.subarray(0, 16)));
  octets.set(payload, header_octets);
  view.setUint32(header_octets + payload.length, crc32(payload));
  return octets;
}

interface Header {
  readonly kind: FrameKind;
  readonly length: number;
  readonly nonce: number;
}

/** Cuts octets that come in pieces of any size into frames. After damage it looks for the next frame. */
export class FrameReader {
  #buffer = new Uint8Array(64 * 1024);
  #start = 0;
  #end = 0;
  /** Where in the archive `#start` is. */
  #at = 0;
  #nonce: number | undefined;
  /** Where the damage began that is being passed over. */
  #lostSince: number | undefined;

  /** The frames that end in these octets. Their payloads are copies. */
  push(octets: Uint8Array): Found[] {
    this.#append(octets);
    const found: Found[] = [];
    while (this.#step(found));
    return found;
  }

  /** Nothing more comes: what is left is no whole frame. */
  end(): Found[] {
    const left = this.#end - this.#start;
    const at = this.#lostSince ?? this.#at;
    if (left === 0 && this.#lostSince === undefined) return [];
    const detail = `it ends at octet ${this.#at + left}, in the middle of a frame`;
    return [{ kind: 'damage', at, detail }];
  }

  #step(found: Found[]): boolean {
    if (this.#end - this.#start < header_octets) return false;
    const header = this.#headerAt(this.#start);
    if (header === undefined) return this.#passOver();
    const whole = header_octets + header.length + trailer_octets;
    if (this.#end - this.#start < whole) return false;
    if (this.#lostSince !== undefined) {
      found.push(damage(this.#lostSince, `${this.#at - this.#lostSince} octets are no frames`));
      this.#lostSince = undefined;
    }
    this.#nonce = header.nonce;
    const from = this.#start + header_octets;
    const payload = this.#buffer.slice(from, from + header.length);
    const view = new DataView(this.#buffer.buffer);
    if (view.getUint32(from + header.length) === crc32(payload)) {
      found.push({ kind: 'frame', frame: { kind: header.kind, payload } });
    } else found.push(damage(this.#at, `the checksum of a frame ${header.kind} is wrong`));
    this.#skip(whole);
    return true;
  }

  /** Leaves octets behind that begin no frame, up to where the next might begin. */
  #passOver(): boolean {
    this.#lostSince ??= this.#at;
    const next = this.#buffer.subarray(0, this.#end).indexOf(magic >>> 24, this.#start + 1);
    this.#skip((next < 0 ? this.#end : next) - this.#start);
    return this.#end - this.#start >= header_octets;
  }

  #headerAt(at: number): Header | undefined {
    const view = new DataView(this.#buffer.buffer);
    if (view.getUint32(at) !== magic) return undefined;
    if (view.getUint32(at + 16) !== crc32(this.#buffer.subarray(at, at + 16))) return undefined;
    const letters = String.fromCharCode(...this.#buffer.subarray(at + 4, at + 8));
    const kind = frameKinds.find((each) => each === letters);
    const [length, nonce] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (kind === undefined || length > payload_octets_max) return undefined;
    // Content may itself be an archive: frames of another one are content.
    return this.#nonce !== undefined && nonce !== this.#nonce ? undefined : { kind, length, nonce };
  }

  #skip(octets_count: number): void {
    this.#start += octets_count;
    this.#at += octets_count;
  }

  #append(octets: Uint8Array): void {
    const held = this.#end - this.#start;
    if (this.#end + octets.length > this.#buffer.length) {
      const room = held + octets.length;
      const target =
        room > this.#buffer.length / 2 ? new Uint8Array(Math.max(2 * room, 64 * 1024)) : this.#buffer;
      target.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = target;
      this.#start = 0;
      this.#end = held;
    }
    this.#buffer.set(octets, this.#end);
    this.#end += octets.length;
  }
}

function damage(at: number, detail: string): Found {
  return { kind: 'damage', at, detail: `at octet ${at}: ${detail}` };
}
