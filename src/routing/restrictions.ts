// What a link does not take, whoever the recipient is: priorities, content types and originators that it is
// closed to (the old MTA's connectors had the same as delivery restrictions and bits of a mask). A
// restriction keeps a message off this link alone: another link of the same match may take it. Reports are
// never restricted, since nobody is told of a report that is lost. Pure.

import { matchesAddressSpace, type NormalAddress, normalAddress, type ORAddress } from '../address/index.ts';
import type { AddressSpace } from '../address/index.ts';
import type { MessageKind, Priority } from '../store/port.ts';

export interface LinkRestrictions {
  /** The only priorities that it takes; empty: all. */
  readonly priorities: readonly Priority[];
  /** The only content types that it takes, object identifiers in dotted form; empty: all. */
  readonly contentTypes: readonly string[];
  readonly originators: {
    /** An originator must lie in one of these; empty: anywhere. */
    readonly accept: readonly AddressSpace[];
    /** And in none of these. */
    readonly reject: readonly AddressSpace[];
  };
}

/** What restrictions are about. What is absent is not restricted. */
export interface Restricted {
  readonly kind?: MessageKind | undefined;
  readonly priority?: Priority | undefined;
  /** Dotted form. */
  readonly contentType?: string | undefined;
  readonly originator?: ORAddress | NormalAddress | undefined;
}

export type RestrictionReason = 'priority-restricted' | 'content-type-restricted' | 'originator-restricted';

/** Why a link does not take it; undefined if it does. */
export function restrictionOf(
  restrictions: LinkRestrictions | undefined,
  subject: Restricted,
): RestrictionReason | undefined {
  if (restrictions === undefined || subject.kind === 'report') return undefined;
  const { priorities, contentTypes, originators } = restrictions;
  const { priority, contentType, originator } = subject;
  if (contentType !== undefined && closed(contentTypes, contentType)) return 'content-type-restricted';
  if (originator !== undefined && !takesOriginator(originators, originator)) return 'originator-restricted';
  if (priority !== undefined && closed(priorities, priority)) return 'priority-restricted';
  return undefined;
}

function closed<T>(takes: readonly T[], value: T): boolean {
  return takes.length > 0 && !takes.includes(value);
}

function takesOriginator(
  { accept, reject }: LinkRestrictions['originators'],
  originator: ORAddress | NormalAddress,
): boolean {
  if (accept.length === 0 && reject.length === 0) return true;
  const address = 'attributes' in originator ? originator : normalAddress(originator);
  const within = (spaces: readonly AddressSpace[]): boolean =>
    spaces.some((space) => matchesAddressSpace(space, address) !== undefined);
  return (accept.length === 0 || within(accept)) && !within(reject);
}
