// What a reload does about links whose entries have errors now: each works on by its entry of before, if that
// was good and tells its callers from those of all others still. Pure. Not here: which entries are set aside.

import { toHex } from '../base/octets.ts';
import { freeze } from './complete.ts';
import type { Configuration, LinkConfiguration } from './configuration.ts';

export interface WithPrevious {
  readonly configuration: Configuration;
  /** Names of the links that work on as before. */
  readonly kept: ReadonlySet<string>;
}

/** `next`, in which links that were set aside are as in `previous`, wherever they can be. */
export function keepPreviousLinks(next: Configuration, previous: Configuration): WithPrevious {
  const before = new Map(previous.links.map((link) => [link.name, link]));
  const callers = new Set(next.links.filter(({ faults }) => faults === undefined).map(callerOf));
  const kept = new Set<string>();
  const links = next.links.map((link) => {
    const old = before.get(link.name);
    if (link.faults === undefined || old === undefined || old.faults !== undefined) return link;
    const caller = callerOf(old);
    if (callers.has(caller)) return link;
    callers.add(caller);
    kept.add(link.name);
    return old;
  });
  return { configuration: freeze({ ...next, links }), kept };
}

/** What callers are told apart by: no two links have all alike. */
function callerOf({ peer, mode, selectors: { local, remote } }: LinkConfiguration): string {
  const selectors = [local, remote].flatMap(({ transport, session, presentation }) =>
    [transport, session, presentation].map((each) => (each === undefined ? '' : toHex(each))),
  );
  return JSON.stringify([peer.mta, mode, selectors]);
}
