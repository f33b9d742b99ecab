// One real MTA that several peers may call, for the regressions about limits and slow peers.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseORAddress } from '../../src/address/index.ts';
import { encode } from '../../src/asn1/index.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import { templateMessage } from '../../bench/template.ts';
import { Caller } from '../support/caller.ts';
import { MtaProcess } from '../support/mta-process.ts';
import { freePorts } from '../support/ports.ts';
import { temporaryDirectory } from '../support/network.ts';
import { backTo, countsOf, metricsPage, type ProcessCounts } from '../support/process-counts.ts';

export interface OneMta {
  readonly mta: MtaProcess;
  readonly port: number;
  readonly counts: () => Promise<ProcessCounts>;
  readonly page: () => Promise<string>;
  /** Waits until sockets, timers and associations are at most those of `before`. */
  readonly backTo: (before: ProcessCounts) => Promise<void>;
  /** Changes the configuration's text and has it read again. */
  readonly reload: (change: (text: string) => string) => Promise<void>;
}

/**
 * Each peer NAME may call as MTA-NAME with the password NAME-secret. `inPeer` are further keys of `peer`, as
 * YAML flow; `yaml` further keys of the link, indented by four.
 */
export async function oneMta(
  t: { after: (clean: () => Promise<void>) => void },
  plan: {
    readonly peers: readonly { readonly name: string; readonly inPeer?: string; readonly yaml?: string }[];
    readonly limits?: string;
  },
): Promise<OneMta> {
  const directory = await temporaryDirectory(t);
  const [port, adminPort] = await freePorts(2);
  const links = plan.peers.map(
    ({ name, inPeer = '', yaml = '' }) => `  - name: ${name}
    peer: { mta: MTA-${name}, password: ${name}-secret, ${inPeer} }
${yaml}`,
  );
  const mta = await MtaProcess.prepare(
    join(directory, 'here'),
    `mta:
  name: MTA-HERE
  domain: { country: GB, admd: " ", prmd: HERE }
  limits: { ${plan.limits ?? ''} }
listen: [ { address: 127.0.0.1, port: ${port} } ]
admin: { address: 127.0.0.1, port: ${adminPort} }
store: { directory: ./store }
links:
${links.join('')}deliver:
  - addressSpace: "/P=HERE/A= /C=GB/"
    users: any
    directory: ./delivered
`,
  );
  await mta.start();
  t.after(async () => {
    await mta.stop('SIGKILL');
  });
  const page = () => metricsPage(mta, adminPort);
  const counts = () => countsOf(mta, page);
  return {
    mta,
    port,
    page,
    counts,
    backTo: (before) =>
      backTo([before], async () => [await counts()], {
        limit_ms: 15_000,
        keys: ['sockets', 'timers', 'associations'],
      }),
    reload: (to) => reload(mta, to),
  };
}

export function call(port: number, name: string): Promise<Caller> {
  return Caller.call({ port, mta: `MTA-${name}`, password: `${name}-secret` });
}

export function messageHere(localIdentifier: string, contentOctets: number, surname = 'u'): Uint8Array {
  return messageTo(`/S=${surname}/P=HERE/A= /C=GB/`, localIdentifier, contentOctets);
}

export function messageTo(address: string, localIdentifier: string, contentOctets: number): Uint8Array {
  const recipient = parseORAddress(address);
  if (!recipient.ok) throw new Error(recipient.error.message);
  return encode(MTSAPDU, templateMessage({ recipient: recipient.value, contentOctets, localIdentifier }));
}

async function reload(mta: MtaProcess, change: (text: string) => string): Promise<void> {
  await writeFile(mta.configPath, change(await readFile(mta.configPath, 'utf8')));
  await mta.reload('configuration-reloaded', 15_000);
}
