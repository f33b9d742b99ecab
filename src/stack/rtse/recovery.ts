// How an association and an activity of it are named once they are lost (X.228 7.6, 7.8, X.225 8.3.19). A
// reference is BER in a CN by usage, opaque in some peers, and a plain value in an RTORQ: here it is the
// plain value. Pure functions.

import { concat } from '../../base/octets.ts';
import type { ActivityLink, SessionConnectionIdentifier } from '../presentation/service.ts';
import type { RecoveredConnection, ResumedActivity } from './service.ts';

const OCTET_STRING = 0x04;
const T61_STRING = 0x14;
const UTC_TIME = 0x17;
const NOTHING = new Uint8Array(0);

/** What a recover bind calls the association of this identifier. */
export function connectionOf(identifier: SessionConnectionIdentifier): RecoveredConnection {
  const { userReference = NOTHING, commonReference = NOTHING, additionalReference } = identifier;
  return {
    callingUserReference: contentsOf(userReference),
    commonReference: contentsOf(commonReference),
    ...(additionalReference !== undefined && { additionalReference: contentsOf(additionalReference) }),
  };
}

/** The link of an S-ACTIVITY-RESUME: where the activity is known from, and where it goes on. */
export function linkOf({ activity, serialNumber, connection }: ResumedActivity): ActivityLink {
  const link = { oldActivity: activity, serialNumber };
  if (connection === undefined) return link;
  const { callingUserReference, commonReference, additionalReference } = connection;
  return {
    ...link,
    oldConnection: {
      callingUserReference: element(T61_STRING, callingUserReference),
      commonReference: element(UTC_TIME, commonReference),
      ...(additionalReference !== undefined && {
        additionalReference: element(T61_STRING, additionalReference),
      }),
    },
  };
}

/** The association that the link of a resumption names; undefined if it is the one that it came by. */
export function oldConnectionOf({ oldConnection }: ActivityLink): RecoveredConnection | undefined {
  if (oldConnection === undefined) return undefined;
  const { callingUserReference, calledUserReference, ...rest } = oldConnection;
  return connectionOf({ userReference: callingUserReference ?? calledUserReference, ...rest });
}

/** The contents of a reference that is one BER string; any other is itself. */
function contentsOf(reference: Uint8Array): Uint8Array {
  const [tag, length] = reference;
  const isString = tag === T61_STRING || tag === OCTET_STRING || tag === UTC_TIME;
  return isString && length === reference.length - 2 ? reference.subarray(2) : reference;
}

function element(tag: number, contents: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(tag, contents.length), contents]);
}
