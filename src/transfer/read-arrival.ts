// What has come over an association, read as what will be judged: the value, where its content lies, and the
// digest by which it is known again.

import type { Steps } from '../base/steps.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { MTSAPDU } from '../p1/index.ts';
import type { Arriving } from './arriving.ts';
import { ContentDigest } from './content-digest.ts';
import { apduFromPeer } from './peer-protocol.ts';
import type { StoredValue } from './stored-value.ts';
import type { TakenIn } from './taken-in.ts';

/** What an arrival is, or why it cannot be judged. */
export type ReadArrival =
  | Extract<TakenIn, { kind: 'malformed' | 'failed' }>
  | {
      readonly kind: 'arriving';
      readonly arriving: Arriving;
      readonly digest: string | undefined;
      readonly discard?: () => Promise<void>;
    };

/** What there is in memory of the APDU: its front, where it is large. */
export function octetsOf(taken: TakenIn): Uint8Array | undefined {
  switch (taken.kind) {
    case 'whole':
    case 'malformed':
      return taken.octets;
    case 'spooled':
      return taken.front;
    case 'failed':
      return undefined;
  }
}

/** Reads it, in the P1 of its link. Malformed: it says where, and what was expected. */
export function* readArrival(taken: TakenIn, mode: LinkConfiguration['mode']): Steps<ReadArrival> {
  switch (taken.kind) {
    case 'malformed':
    case 'failed':
      return taken;
    case 'spooled': {
      const { envelope, spool, contentLength, contentDigest: digest, discard } = taken;
      const value: StoredValue = { kind: 'message', envelope };
      const content =
        spool === undefined
          ? ({ kind: 'none' } as const)
          : ({ kind: 'spooled', spool, octets_count: contentLength } as const);
      return { kind: 'arriving', arriving: { value, content, contentLength }, digest, discard };
    }
    case 'whole': {
      const apdu = yield* apduFromPeer(taken.octets, mode);
      if (!apdu.ok) return { kind: 'malformed', ...apdu.error };
      // Of a message the content alone: a peer may write its envelope anew.
      const arriving = arrivingOf(apdu.value);
      const { content } = arriving;
      const octets = content.kind === 'inline' ? content.octets : taken.octets;
      return { kind: 'arriving', arriving, digest: new ContentDigest().update(octets).value() };
    }
  }
}

function arrivingOf(apdu: MTSAPDU): Arriving {
  switch (apdu.kind) {
    case 'message': {
      const { envelope, content: octets } = apdu.value;
      const value: StoredValue = { kind: 'message', envelope };
      return { value, content: { kind: 'inline', octets }, contentLength: octets.length };
    }
    case 'probe': {
      const value: StoredValue = { kind: 'probe', envelope: apdu.value };
      return { value, content: { kind: 'none' }, contentLength: apdu.value.contentLength ?? 0 };
    }
    case 'report':
      return { value: { kind: 'report', report: apdu.value }, content: { kind: 'none' }, contentLength: 0 };
  }
}
