// One message of any size for tests, made while it is sent: envelope and lengths first, then content octets
// from a seed, never whole in memory.

import { createHash } from 'node:crypto';
import { parseORAddress } from '../../src/address/index.ts';
import { encode } from '../../src/asn1/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import type { RTIndication, RTRequest } from '../../src/stack/association/service.ts';
import { templateMessage } from '../../bench/template.ts';

const BLOCK_OCTETS = 64 * 1024;

export interface StreamedMessage {
  readonly octetsTotal: number;
  /** The next octets, at most `octets_max`; empty at the end. */
  next(octets_max: number): Uint8Array;
  /** SHA-256 of the content so far; of all of it when everything was taken. Once. */
  sha256(): string;
}

export function streamedMessage(plan: {
  readonly to: string;
  readonly localIdentifier: string;
  readonly contentOctets: number;
  readonly seed: number;
}): StreamedMessage {
  const head = headOf(plan);
  const random = seededRandom(plan.seed);
  const block = Uint8Array.from({ length: BLOCK_OCTETS }, () => random.between(0, 255));
  const hash = createHash('sha256');
  let given = 0;
  let made = 0;
  return {
    octetsTotal: head.length + plan.contentOctets,
    next: (octets_max) => {
      if (given < head.length) {
        const piece = head.subarray(given, given + octets_max);
        given += piece.length;
        return piece;
      }
      const at = made % BLOCK_OCTETS;
      const length = Math.min(octets_max, plan.contentOctets - made, BLOCK_OCTETS - at);
      const piece = block.slice(at, at + length);
      // No two blocks are alike: each begins with its number.
      if (at === 0 && length >= 4) new DataView(piece.buffer).setUint32(0, made / BLOCK_OCTETS);
      made += length;
      hash.update(piece);
      return piece;
    },
    sha256: () => hash.digest('hex'),
  };
}

/** What a caller does to transfer it: begins with this, then answers each RTsupplyind. */
export function transferRequest(message: StreamedMessage): RTRequest {
  const first = [message.next(1024)];
  return { kind: 'RTTRreq', octetsTotal: message.octetsTotal, first, transferTime_ms: 24 * 3_600_000 };
}

export function supplied(message: StreamedMessage, asked: RTIndication): RTRequest | undefined {
  if (asked.kind !== 'RTsupplyind') return undefined;
  return { kind: 'RTsupply', octets: message.next(asked.octets_max) };
}

/** A message without content is encoded, and its outer and last lengths are put right for the whole. */
function headOf(plan: Parameters<typeof streamedMessage>[0]): Uint8Array {
  const recipient = parseORAddress(plan.to);
  if (!recipient.ok) throw new Error(recipient.error.message);
  const { localIdentifier, contentOctets } = plan;
  const empty = encode(
    MTSAPDU,
    templateMessage({ recipient: recipient.value, contentOctets: 0, localIdentifier }),
  );
  const lengthOctets = empty[1] < 0x80 ? 1 : 1 + (empty[1] & 0x7f);
  const envelope = empty.subarray(1 + lengthOctets, empty.length - 2);
  const content = Uint8Array.of(0x04, ...longLength(contentOctets));
  const inner = envelope.length + content.length + contentOctets;
  return Uint8Array.of(empty[0], ...longLength(inner), ...envelope, ...content);
}

function longLength(octets: number): readonly number[] {
  return [0x84, octets >>> 24, (octets >>> 16) & 0xff, (octets >>> 8) & 0xff, octets & 0xff];
}
