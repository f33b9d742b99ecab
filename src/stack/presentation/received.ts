// What a session indication is to the presentation machine: an event of its table with whatever PPDU or data
// values it carried, decoded. Never throws. Not here: state; what the event causes.

import type { Result } from '../../base/result.ts';
import type { SessionIndication } from '../session/service.ts';
import {
  type AnswerRead,
  type CPRead,
  decodeAbort,
  decodeCP,
  decodeCPA,
  decodeCPR,
  type RefusalRead,
} from './ppdu-codec.ts';
import type { PresentationDataReceived, PresentationMode, ProviderAbortCause } from './service.ts';
import type { PresentationEvent } from './states.ts';
import type { IndicationThrough } from './through.ts';
import { decodeUserData } from './user-data.ts';
import { bareValues } from './x410-mode.ts';

type Of<K extends SessionIndication['kind']> = Extract<SessionIndication, { kind: K }>;

export type Received =
  | { readonly event: 'CP'; readonly cp: Extract<CPRead, { mode: 'normal' }>; readonly from: Of<'SCONind'> }
  | {
      readonly event: 'CPx410';
      readonly userData: readonly PresentationDataReceived[];
      readonly from: Of<'SCONind'>;
    }
  | { readonly event: 'CPA'; readonly cpa: AnswerRead; readonly from: Of<'SCONcnf+'> }
  | { readonly event: 'CPR'; readonly cpr: RefusalRead; readonly from: Of<'SCONcnf-'> }
  | { readonly event: 'SCONcnf-'; readonly from: Of<'SCONcnf-'> }
  | { readonly event: 'ARU'; readonly userData: readonly PresentationDataReceived[] }
  | {
      readonly event: 'ARP' | 'SPABind';
      readonly cause: ProviderAbortCause;
      readonly detail: string;
    }
  | { readonly event: 'PPDUinvalid'; readonly expected: string; readonly got: string }
  | {
      readonly event: Exclude<PresentationEvent, 'CP'>;
      readonly through: IndicationThrough;
      readonly userData: readonly PresentationDataReceived[];
    };

/** What of the connection it takes to read an indication. */
export interface Reading {
  readonly mode: PresentationMode;
  /** The contexts that data values may be in. */
  readonly defined: ReadonlySet<number>;
}

/** Reads an indication. */
export function readIndication(indication: SessionIndication, reading: Reading): Received {
  const { mode, defined } = reading;
  switch (indication.kind) {
    case 'SCONind':
      return readCP(indication);
    case 'SCONcnf+': {
      const cpa = decodeCPA(indication.userData, mode);
      return cpa.ok ? { event: 'CPA', cpa: cpa.value, from: indication } : invalid('a CPA PPDU', cpa.error);
    }
    case 'SCONcnf-': {
      if (indication.userData.length === 0) return { event: 'SCONcnf-', from: indication };
      const cpr = decodeCPR(indication.userData);
      return cpr.ok
        ? { event: 'CPR', cpr: cpr.value, from: indication }
        : { event: 'SCONcnf-', from: indication };
    }
    case 'SUABind': {
      if (mode === 'x410-1984') return { event: 'ARU', userData: bareValues(indication.userData) };
      const abort = decodeAbort(indication.userData);
      return abort.by === 'user'
        ? { event: 'ARU', userData: abort.userData }
        : { event: 'ARP', cause: 'peer-provider', detail: abort.reason };
    }
    case 'SPABind':
      return {
        event: 'SPABind',
        cause: indication.cause === 'transport-lost' ? 'connection-lost' : indication.cause,
        detail: indication.detail,
      };
    case 'SDTind':
      if (mode === 'x410-1984') return bare('TD', indication, indication.userData);
      return carried('TD', indication, inContexts(decodeUserData(indication.userData), defined));
    case 'SPTind':
    case 'SRELind':
    case 'SRELcnf+':
      if (mode === 'x410-1984') return bare(indication.kind, indication, indication.userData);
      return carried(indication.kind, indication, optionalData(indication.userData, defined));
    default:
      return { event: indication.kind, through: indication, userData: [] };
  }
}

/** The first value in a context that is not defined, as words; undefined if all are. */
export function undefinedContext(
  values: readonly PresentationDataReceived[],
  defined: ReadonlySet<number>,
): string | undefined {
  const stray = values.find(({ context }) => !defined.has(context));
  return stray === undefined ? undefined : `context ${stray.context}`;
}

type Values = Result<readonly PresentationDataReceived[], string>;

function readCP(from: Of<'SCONind'>): Received {
  const cp = decodeCP(from.userData);
  if (!cp.ok) return invalid('a CP PPDU', cp.error);
  if (cp.value.mode === 'normal') return { event: 'CP', cp: cp.value, from };
  return { event: 'CPx410', userData: cp.value.userData, from };
}

function bare(
  event: 'TD' | 'SPTind' | 'SRELind' | 'SRELcnf+',
  through: IndicationThrough,
  octets: Uint8Array,
): Received {
  return { event, through, userData: bareValues(octets) };
}

function carried(
  event: 'TD' | 'SPTind' | 'SRELind' | 'SRELcnf+',
  through: IndicationThrough,
  values: Values,
): Received {
  if (!values.ok) return invalid('data values in defined contexts', values.error);
  return { event, through, userData: values.value };
}

function optionalData(octets: Uint8Array, defined: ReadonlySet<number>): Values {
  return octets.length === 0 ? { ok: true, value: [] } : inContexts(decodeUserData(octets), defined);
}

function inContexts(values: Values, defined: ReadonlySet<number>): Values {
  if (!values.ok) return values;
  const stray = undefinedContext(values.value, defined);
  return stray === undefined ? values : { ok: false, error: stray };
}

function invalid(expected: string, got: string): Received {
  return { event: 'PPDUinvalid', expected, got };
}
