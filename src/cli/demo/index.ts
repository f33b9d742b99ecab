// chappe demo: messages from A reach C by way of B and their reports come back, while those for a dead peer
// wait in a queue of their own and hold up nobody. Ends by itself; leaves nothing behind.

import type { LinkJson } from '../../admin/index.ts';
import type { CommandContext, CommonOptions } from '../context.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { report, table } from '../output.ts';
import { type DemoNetwork, type DemoSite, domainOf, startNetwork } from './network.ts';

export interface DemoOptions extends CommonOptions {
  readonly messages: number;
}

/** How long the messages may take. */
const flow_ms_max = 60_000;
const refresh_ms = 400;
/** Messages for the dead peer. */
const dead_messages = 5;

export async function demo(context: CommandContext, options: DemoOptions): Promise<number> {
  const { terminal } = context;
  const say = async (text: string) => {
    if (options.json !== true) await terminal.out(`${text}\n`);
  };
  await say('Three MTAs, A – B – C, and a peer of A that takes connections and never answers.\n');
  const startedAt = performance.now();
  const network = await startNetwork();
  const interrupted = () => void network.close().then(() => process.exit(exitCodes.failure));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await say(`All three are ready after ${seconds(startedAt)} s. ${options.messages} messages from A to C,`);
    await say(`each asking for a report, and ${dead_messages} to the dead peer:\n`);
    const sentAt = performance.now();
    await Promise.all([send(network, 'C', options.messages), send(network, 'DEAD', dead_messages)]);
    const last = await watch(network, context, options);
    const flow = seconds(sentAt);
    await report(terminal, options, {
      json: {
        ok: true,
        seconds: Number(flow),
        messages: options.messages,
        deadQueue: last.waiting,
        sites: last.sites,
      },
      text: () =>
        `\n${options.messages} messages were delivered at C and as many reports at A, in ${flow} s. ` +
        `${last.waiting} wait for the dead peer.\nThe same by hand: chappe init, chappe start, chappe send.`,
    });
    return exitCodes.success;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await network.close();
  }
}

async function send(network: DemoNetwork, domain: string, count: number): Promise<void> {
  await siteNamed(network, 'A').mta.post('/api/v1/messages', {
    json: {
      from: `/S=claude${domainOf('A')}`,
      to: [`/S=ignace${domainOf(domain)}`],
      subject: 'From tower to tower',
      text: 'If you succeed, you will soon bask in glory.',
      report: 'report',
      count,
    },
  });
}

interface SiteView {
  readonly name: string;
  readonly messages: number;
  readonly reports: number;
  readonly links: readonly LinkJson[];
}
interface View {
  readonly sites: readonly SiteView[];
  /** Messages that wait for the dead peer. */
  readonly waiting: number;
}

/** Draws the table until everything has arrived. */
async function watch(
  network: DemoNetwork,
  { terminal }: CommandContext,
  options: DemoOptions,
): Promise<View> {
  const endsAt = performance.now() + flow_ms_max;
  let drawn = '';
  for (;;) {
    const view = await look(network);
    const text = viewText(view);
    if (options.json !== true && text !== drawn) {
      const up = terminal.interactive && drawn !== '' ? `\x1b[${drawn.split('\n').length}A\x1b[J` : '';
      const gap = terminal.interactive || drawn === '' ? '' : '\n';
      await terminal.out(`${up}${gap}${text}\n`);
      drawn = text;
    }
    if (arrived(view, options.messages)) return view;
    if (performance.now() > endsAt) {
      const events = network.sites.map((site) => `MTA-${site.name}:\n${site.lastEvents()}`);
      throw new CommandFailure(`not everything arrived in ${flow_ms_max / 1000} s\n${events.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, refresh_ms));
  }
}

function arrived({ sites, waiting }: View, messages: number): boolean {
  const [a, , c] = sites;
  return c.messages >= messages && a.reports >= messages && waiting === dead_messages;
}

async function look(network: DemoNetwork): Promise<View> {
  const sites = await Promise.all(
    network.sites.map(async (site) => {
      const links = await site.mta.get<readonly LinkJson[]>('/api/v1/links');
      return { name: `MTA-${site.name}`, ...site.delivered(), links };
    }),
  );
  const dead = sites[0].links.find((link) => link.name === 'to-dead');
  return { sites, waiting: dead?.queued ?? 0 };
}

function viewText({ sites }: View): string {
  const rows = sites.flatMap(({ name, messages, reports, links }) =>
    links.map((link, index) => [
      index === 0 ? name : '',
      index === 0 ? String(messages) : '',
      index === 0 ? String(reports) : '',
      link.name,
      link.state,
      String(link.queued),
      `${link.associations.outbound} out, ${link.associations.inbound} in`,
    ]),
  );
  return table(['MTA', 'DELIVERED', 'REPORTS', 'LINK', 'STATE', 'QUEUED', 'ASSOCIATIONS'], rows);
}

function siteNamed(network: DemoNetwork, name: string): DemoSite {
  const site = network.sites.find((each) => each.name === name);
  if (site === undefined) throw new CommandFailure(`there is no MTA-${name} in the demonstration`);
  return site;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
