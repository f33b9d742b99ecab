// A whole MTA whose peers are in the hands of the test, for what is reported: what is put into it, and the
// reports that are then in its queue, each recipient with its codes.

import assert from 'node:assert/strict';
import { seededRandom } from '../../src/base/random.ts';
import {
  type MessageTransferEnvelope,
  nonDeliveryDiagnosticCodes,
  nonDeliveryReasonCodes,
  type Report,
} from '../../src/p1/index.ts';
import { openMemoryStore } from '../../src/store/index.ts';
import { type MemoryDisk, memoryDisk } from '../../src/store/memory/store.ts';
import { MessageTransferAgent } from '../../src/transfer/agent.ts';
import type { Arriving } from '../../src/transfer/arriving.ts';
import type { LocalDelivery } from '../../src/transfer/local-delivery.ts';
import { decodeStored } from '../../src/transfer/stored-value.ts';
import { NetworkInHand } from './dialling.ts';
import { ClockInHand, configured, domainNamed, linkNamed, listening, quiet } from './transfer.ts';

/** What a report says of one recipient: 'delivered', or reason and diagnostic in numbers. */
export type ReportedCodes = 'delivered' | readonly [reason: number, diagnostic: number | undefined];

/** The YAML of a link to the MTA of domain NAME; `more` are further keys, indented by four. */
export function linkTo(name: string, more = ''): string {
  return `
  - name: ${name.toLowerCase()}
    peer: { mta: MTA-${name}, password: secret, address: ${name}, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=${name}/A= /C=GB/", cost: 1 } ]
${more}`;
}

export interface ReportingOptions {
  readonly inlineOctetsMax?: number;
  readonly limits?: string;
  /** A life that ended: this one finds what that left on its disk. */
  readonly life?: { readonly disk: MemoryDisk; readonly clock: ClockInHand };
}

/** An MTA of domain X. `yaml` are its links and delivers; reports for P=B wait for its link b. */
export async function reportingMta(
  yaml: string,
  { inlineOctetsMax = 65_536, limits = '', life }: ReportingOptions = {},
) {
  const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X }, limits: { ${limits} } }
store: { directory: /nowhere/x }
${yaml}`);
  const clock = life?.clock ?? new ClockInHand();
  const network = new NetworkInHand();
  const { emit, told } = listening();
  const disk = life?.disk ?? memoryDisk();
  const store = openMemoryStore({ disk, now: () => clock.now(), inlineOctetsMax });
  const refused = new Set<string>();
  let reports = disk.messages.size;
  const delivery: LocalDelivery = {
    deliver: async (copy) =>
      copy.recipients.map(({ number: recipient, address }) =>
        refused.has(address)
          ? { kind: 'failed', recipient, failure: { lasting: 'permanent', code: 'EFBIG', detail: 'no' } }
          : { kind: 'delivered', recipient, at: clock.now() },
      ),
  };
  const agent = new MessageTransferAgent({
    configuration,
    store,
    clock,
    network,
    emit,
    random: seededRandom(1),
    owner: 'me',
    identifier: () => {
      reports += 1;
      return { globalDomainIdentifier: domainNamed('X'), localIdentifier: `report-${reports}` };
    },
    delivery: () => delivery,
  });
  await agent.start();
  const link = (name: string) => linkNamed(name, configuration);
  return {
    agent,
    clock,
    network,
    disk,
    store,
    told,
    link,
    /** Recipients whose delivery fails for good. */
    refused,
    /** A message comes in by a link, or from a user here; content beyond a size is spooled first. */
    async take(envelope: MessageTransferEnvelope, octets: Uint8Array, from: string | 'here' = 'b') {
      let content: Arriving['content'] = { kind: 'inline', octets };
      if (octets.length > inlineOctetsMax) {
        const spool = await store.openSpool();
        assert.ok((await spool.write(octets)).ok && (await spool.seal(new Uint8Array(1))).ok);
        content = { kind: 'spooled', spool: spool.name, octets_count: octets.length };
      }
      const value = { kind: 'message', envelope } as const;
      const arriving: Arriving = { value, content, contentLength: octets.length };
      const taken = await agent.acceptance.accept(
        from === 'here' ? arriving : { ...arriving, link: link(from), remote: 'peer:1' },
      );
      assert.ok(taken.ok);
      await quiet();
      return taken;
    },
    /** The reports in the queue. */
    reports(): readonly Report[] {
      return [...disk.messages.values()].flatMap(({ fields }) => {
        const stored = decodeStored(fields);
        return stored.ok && stored.value.kind === 'report' ? [stored.value.report] : [];
      });
    },
  };
}

/** What a report says, by the number of the recipient. */
export function codesOf(report: Report): Readonly<Record<number, ReportedCodes>> {
  const codes: Record<number, ReportedCodes> = {};
  for (const { originallySpecifiedRecipientNumber: number, lastTraceInformation } of report.content
    .perRecipientFields) {
    const { reportType } = lastTraceInformation;
    if (reportType.kind === 'delivery') codes[number] = 'delivered';
    else {
      const { nonDeliveryReasonCode: reason, nonDeliveryDiagnosticCode: diagnostic } = reportType.value;
      codes[number] = [
        codeOf(reason, nonDeliveryReasonCodes),
        diagnostic === undefined ? undefined : codeOf(diagnostic, nonDeliveryDiagnosticCodes),
      ];
    }
  }
  return codes;
}

function codeOf(code: string | number, numbers: Readonly<Record<string, number>>): number {
  return typeof code === 'number' ? code : numbers[code];
}
