// Configurations of an MTA that stands where one side of a capture stood: names, passwords and selectors
// are those that the capture shows, in the YAML that an operator would write.

import assert from 'node:assert/strict';
import { type Configuration, parseConfiguration } from '../../src/config/index.ts';
import type { RecordedBind } from './recorded-octets.ts';

export interface Place {
  /** Who we are, as the capture shows our side. */
  readonly own: Pick<RecordedBind, 'mta' | 'password'>;
  readonly peer: Pick<RecordedBind, 'mta' | 'password'>;
  readonly local?: string | undefined;
  readonly remote?: string | undefined;
  /** Called by us, if given. */
  readonly address?: string;
  readonly rts: string;
  /** The mode of the link; normal, unless said. */
  readonly mode?: 'normal' | 'x410-1988' | 'x410-1984';
  readonly inlineOctetsMax?: string;
  readonly ownPrmd: string;
  readonly peerPrmd: string;
  /** PP's messages keep their internal trace only inside a domain. */
  readonly sameDomain?: boolean;
}

/** The configuration, read as `chappe start` reads it. */
export function configurationAt(place: Place): Configuration {
  const read = parseConfiguration(textAt(place), 'the configuration of a test');
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

function textAt(place: Place): string {
  const { own, peer, local, remote, address, rts, inlineOctetsMax, ownPrmd, peerPrmd, sameDomain } = place;
  const called = address === undefined ? '' : `, address: ${address}, port: 102`;
  return `mta:
  name: ${own.mta}
  domain: { country: GB, admd: " ", prmd: ${ownPrmd} }
listen: [ { address: 127.0.0.1, port: 10102 } ]
store: { directory: ./data${inlineOctetsMax === undefined ? '' : `, inlineOctetsMax: ${inlineOctetsMax}`} }
links:
  - name: recorded
    peer: { mta: ${peer.mta}, password: ${peer.password}${called} }
    credentials: { mta: ${own.mta}, password: ${own.password} }
    mode: ${place.mode ?? 'normal'}
    selectors: { local: {${transport(local)}}, remote: {${transport(remote)}} }
    addressSpaces: [ { address: "/P=${peerPrmd}/A= /C=GB/", cost: 10 } ]
    sameDomain: ${sameDomain ?? false}
    rts: ${rts}
deliver:
  - addressSpace: "/P=${ownPrmd}/A= /C=GB/"
    users: any
    directory: ./data/delivered
`;
}

function transport(selector: string | undefined): string {
  return selector === undefined ? '' : ` transport: "${selector}" `;
}
