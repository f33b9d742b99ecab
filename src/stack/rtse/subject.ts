// What the RTSE machine is handling: a request of its user, or an indication from below with what was read
// out of it. Not here: state; what follows.

import { assert } from '../../base/assert.ts';
import type { Result } from '../../base/result.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import { readRTTRs } from './apdu-codec.ts';
import type { RtseHears } from './effects.ts';
import { type OpenAnswer, type OpenFault, type PeerOpen, readAnswer, readOpen } from './open-parameters.ts';
import type { ApplicationContext } from './options.ts';
import type { RTOpen, RTRequest } from './service.ts';
import type { RtseEvent } from './states.ts';

export interface RtseSubject {
  readonly request?: RTRequest;
  readonly heard?: RtseHears;
  /** Of an AASCind. */
  readonly open?: Result<PeerOpen, OpenFault>;
  /** Of an AASCcnf+. */
  readonly answer?: Result<OpenAnswer, OpenFault>;
  /** Of a PDTind: the octets of its RTTRs, or why it has others. */
  readonly rttrs?: Result<readonly Uint8Array[], string>;
}

/** What of the association it takes to read an indication. */
export interface Reading {
  readonly application: ApplicationContext;
  readonly asked: RTOpen | undefined;
  readonly tolerates?: Tolerates | undefined;
  readonly rtseContext: number | undefined;
}

/** Reads an indication: the event that it is and what is in it; undefined for one that says nothing. */
export function readHeard(
  heard: RtseHears,
  reading: Reading,
): { readonly event: RtseEvent; readonly subject: RtseSubject } | undefined {
  switch (heard.kind) {
    case 'AASCind':
      return { event: heard.kind, subject: { heard, open: readOpen(heard, reading.application) } };
    case 'AASCcnf+': {
      const { asked } = reading;
      assert(asked !== undefined, 'a confirmation of what was asked');
      return { event: heard.kind, subject: { heard, answer: readAnswer(heard, asked, reading) } };
    }
    case 'PDTind': {
      const rttrs = readRTTRs(heard.userData, reading.rtseContext);
      return { event: rttrs.ok ? 'RTTR' : 'APDUinvalid', subject: { heard, rttrs } };
    }
    case 'PTGind':
    case 'PTPind':
      // ISODE-based peers send token items that name no token, only to have something to concatenate with.
      return heard.tokens.length === 0 ? undefined : { event: heard.kind, subject: { heard } };
    default:
      return { event: heard.kind, subject: { heard } };
  }
}

/** The request being handled, which the table says is of this kind. */
export function requestOf<K extends RTRequest['kind']>(
  subject: RtseSubject,
  kind: K,
): Extract<RTRequest, { kind: K }> {
  const { request } = subject;
  assert(request !== undefined && isRequest(request, kind), `${kind} is being handled`);
  return request;
}

/** The indication being handled, which the table says is of this kind. */
export function heardOf<K extends RtseHears['kind']>(
  subject: RtseSubject,
  kind: K,
): Extract<RtseHears, { kind: K }> {
  const { heard } = subject;
  assert(heard !== undefined && isHeard(heard, kind), `${kind} is being handled`);
  return heard;
}

function isRequest<K extends RTRequest['kind']>(
  request: RTRequest,
  kind: K,
): request is Extract<RTRequest, { kind: K }> {
  return request.kind === kind;
}

function isHeard<K extends RtseHears['kind']>(
  heard: RtseHears,
  kind: K,
): heard is Extract<RtseHears, { kind: K }> {
  return heard.kind === kind;
}
