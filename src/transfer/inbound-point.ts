// A recovery point of a transfer that comes in (X.228 7.8), as it lies in the store: what names the activity,
// where RTSE and the intake stood at its last points, and the octets of its front in parts of their own, so
// that a long envelope is written once. Octets in and out; no store.

import { concat, toHex } from '../base/octets.ts';
import type { Instant } from '../base/time.ts';
import type { RTIndication } from '../stack/association/service.ts';
import type { RecoveryPoint, SpoolName } from '../store/index.ts';
import type { IntakeState } from './apdu-intake.ts';
import type { LinkConfiguration } from '../config/index.ts';

/** The association that carries an activity. */
export interface Carrier {
  readonly link: LinkConfiguration;
  readonly host: string;
  readonly connection: Connection;
  readonly window: number;
}

export type Connection = NonNullable<Extract<RTIndication, { kind: 'RTOPENind' }>['connection']>;

/** One checkpoint that was confirmed, or may have been. */
export interface SecuredCheckpoint {
  readonly serialNumber: number;
  readonly resumption: string;
  readonly intake: IntakeState;
}

/** What is known of one activity. */
export interface InboundPoint {
  readonly key: string;
  readonly link: string;
  /** The address that its association came from: nobody else may go on with it. */
  readonly host: string;
  /** The associations in which it was carried, and what it was called in them, oldest first. */
  readonly names: readonly { readonly connection: string; readonly activity: string }[];
  readonly savedAt: Instant;
  readonly spool?: SpoolName;
  /** The keys of the parts of its front, in order. */
  readonly parts: readonly string[];
  /** The last ones, oldest first; none of an activity that is secured whole. */
  readonly checkpoints: readonly SecuredCheckpoint[];
}

/** A connection as a word that can be compared. */
export function connectionName(connection: Connection): string {
  const { callingUserReference, commonReference, additionalReference } = connection;
  const parts = [callingUserReference, commonReference, additionalReference ?? new Uint8Array(0)];
  return parts.map(toHex).join('.');
}

/** The host of an address with its port: callers call from another port each time. */
export function hostOf(peerAddress: string): string {
  return peerAddress.slice(0, Math.max(0, peerAddress.lastIndexOf(':')));
}

/** The row of a point. */
export function pointRow(point: InboundPoint): RecoveryPoint {
  const { key, link, savedAt, spool, host, names, parts, checkpoints } = point;
  const data = new TextEncoder().encode(JSON.stringify({ host, names, parts, checkpoints }));
  return { key, link, direction: 'in', savedAt, data, ...(spool !== undefined && { spool }) };
}

/** The row of one part of the front. */
export function partRow(
  key: string,
  point: { link: string; savedAt: Instant },
  data: Uint8Array,
): RecoveryPoint {
  return { key, link: point.link, direction: 'in', savedAt: point.savedAt, data };
}

/** The points among the rows of a link; parts are none, and what cannot be read is left out. */
export function readPoints(rows: readonly RecoveryPoint[]): readonly InboundPoint[] {
  return rows.filter(({ direction, key }) => direction === 'in' && !key.includes('#')).flatMap(readPoint);
}

function readPoint({ key, link, savedAt, spool, data }: RecoveryPoint): readonly InboundPoint[] {
  try {
    const kept = JSON.parse(new TextDecoder().decode(data)) as Omit<InboundPoint, 'key' | 'link' | 'savedAt'>;
    return [{ ...kept, key, link, savedAt, ...(spool !== undefined && { spool }) }];
  } catch {
    return [];
  }
}

/** The first `octets` octets of the front; undefined if they are not there. */
export function frontOf(
  point: InboundPoint,
  rows: readonly RecoveryPoint[],
  octets: number,
): Uint8Array | undefined {
  const parts = point.parts.map((key) => rows.find((row) => row.key === key)?.data ?? new Uint8Array(0));
  const front = concat([...parts, new Uint8Array(0)]);
  return front.length < octets ? undefined : front.slice(0, octets);
}
