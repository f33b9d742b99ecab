// chappe links: the links of the running MTA, and the commands for them.

import type { LinkJson, LinkOrderJson, LinkVerb } from '../../admin/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { localMta } from '../local-mta.ts';
import { fields, report, table } from '../output.ts';

export type { LinkVerb } from '../../admin/index.ts';
export interface LinkOptions extends CommonOptions, Omit<LinkOrderJson, 'direction'> {
  readonly inbound?: boolean;
  readonly outbound?: boolean;
}
type OpenJson = LinkJson['open'][number];

export async function linksList({ terminal }: CommandContext, options: CommonOptions): Promise<number> {
  const links = await localMta(requireConfiguration(options)).get<readonly LinkJson[]>('/api/v1/links');
  await report(terminal, options, { json: links, text: () => linksText(links) });
  return exitCodes.success;
}

export async function linksShow(
  { terminal }: CommandContext,
  name: string,
  options: CommonOptions,
): Promise<number> {
  const link = await localMta(requireConfiguration(options)).get<LinkJson>(pathOf(name));
  await report(terminal, options, { json: link, text: () => linkText(link) });
  return exitCodes.success;
}

export async function linksCommand(
  { terminal }: CommandContext,
  which: { readonly verb: LinkVerb; readonly name: string },
  options: LinkOptions,
): Promise<number> {
  const mta = localMta(requireConfiguration(options));
  const link = await mta.post<LinkJson>(`${pathOf(which.name)}/${which.verb}`, { json: orderOf(options) });
  await report(terminal, options, { json: link, text: () => doneText(link) });
  return exitCodes.success;
}

function orderOf({ inbound, outbound, for: duration, priorities, from, until }: LinkOptions): LinkOrderJson {
  const order: LinkOrderJson = {
    ...(inbound === true && { direction: 'in' }),
    ...(outbound === true && { direction: 'out' }),
    ...(duration !== undefined && { for: duration }),
    ...(priorities !== undefined && { priorities }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
  };
  return order;
}

/** What became of the link, in a line. */
function doneText(link: LinkJson): string {
  const next = link.nextAttemptAt === undefined ? '' : `, next attempt ${link.nextAttemptAt}`;
  return `${link.name}: ${link.state}${directionsText(link)}${next}`;
}

function directionsText({ enabled }: LinkJson): string {
  if (enabled.in === enabled.out) return '';
  return enabled.in ? ' (only answered: outbound is disabled)' : ' (not answered: inbound is disabled)';
}

function pathOf(name: string): string {
  return `/api/v1/links/${encodeURIComponent(name)}`;
}

function linksText(links: readonly LinkJson[]): string {
  if (links.length === 0) return 'there are no links';
  const rows = links.map((link) => [
    link.name,
    link.peer.mta,
    link.healthy ? stateText(link) : `${stateText(link)} (unhealthy)`,
    `${link.associations.outbound} out, ${link.associations.inbound} in`,
    turnsText(link),
    String(link.queued),
    link.nextAttemptAt ?? '',
    link.configurationErrors?.at(0) ?? link.lastError ?? '',
  ]);
  const columns = ['LINK', 'PEER', 'STATE', 'ASSOCIATIONS', 'TURN', 'QUEUED', 'NEXT ATTEMPT', 'LAST ERROR'];
  return table(columns, rows);
}

function stateText({ state, configurationErrors }: LinkJson): string {
  if (configurationErrors === undefined) return state;
  const meanwhile = state === 'disabled' ? '' : '; it works as before';
  return `${state} (its entry has errors${meanwhile})`;
}

/** Who has the turn of the two-way alternate associations; in a monologue it never changes hands. */
function turnsText({ open }: LinkJson): string {
  const alternating = open.filter(({ dialogue }) => dialogue === 'two-way-alternate');
  if (alternating.length === 0) return open.length === 0 ? '' : 'monologue';
  const ours = alternating.filter(({ turn }) => turn === 'ours').length;
  const peers = alternating.length - ours;
  return [ours > 0 ? `${ours} ours` : '', peers > 0 ? `${peers} the peer's` : ''].filter(Boolean).join(', ');
}

function openText({ association, direction, remote, dialogue, turn, transferring }: OpenJson): string {
  const busy = transferring === undefined ? '' : `, transferring ${transferring}`;
  const way = direction === 'in' ? 'from' : 'to';
  return `${association} ${way} ${remote}: ${dialogue}, the turn is ${turn}${busy}`;
}

function scheduleText({ style, callsFor, changesAt }: LinkJson['schedule']): string {
  const what = {
    all: 'it is called',
    urgent: 'it is called for urgent messages only',
    none: 'it is not called',
  };
  const until = changesAt === undefined ? '' : ` until ${changesAt}`;
  return `${style}: ${what[callsFor]}${until}`;
}

function limitText({ limit }: LinkJson): string | undefined {
  if (limit === undefined) return undefined;
  const from = limit.from === undefined ? '' : ` from ${limit.from}`;
  const until = limit.until === undefined ? '' : ` until ${limit.until}`;
  return `only ${limit.priorities.join(', ')}${from}${until}`;
}

const reasons = {
  schedule: 'for the hours of its schedule (chappe links connect calls now)',
  batch: 'for a batch to be complete',
  retry: 'for the next attempt (chappe links connect calls now)',
  limit: 'for a limit on priorities to be lifted',
  'peer-calls': 'for the peer to call',
  disabled: 'for the link to be enabled',
} as const;

/** Why copies wait. */
function waitsText({ state, waitsFor, configurationErrors }: LinkJson): string | undefined {
  if (state === 'disabled' && configurationErrors !== undefined)
    return 'for its entry to be mended, and SIGHUP';
  if (waitsFor === undefined) return undefined;
  const until = waitsFor.until === undefined ? '' : `, until ${waitsFor.until} at the latest`;
  return `${reasons[waitsFor.for]}${until}`;
}

function linkText(link: LinkJson): string {
  const { address, port } = link.peer;
  return fields([
    ['link', link.name],
    ['peer', link.peer.mta],
    ['address', address === undefined ? 'none: it is only answered' : `${address}:${port}`],
    ['mode', link.mode],
    ['state', `${stateText(link)}${directionsText(link)}`],
    ...(link.configurationErrors ?? []).map((error): [string, string] => ['error', error]),
    ['healthy', link.healthy ? 'yes' : 'no'],
    ['associations', `${link.associations.outbound} out, ${link.associations.inbound} in`],
    ...link.open.map((each): [string, string] => ['association', openText(each)]),
    ['queued', `${link.queued} copies, ${link.queuedOctets} octets`],
    ['oldest', link.oldestAcceptedAt],
    ['last transfer in', link.lastTransferInAt],
    ['last transfer out', link.lastTransferOutAt],
    ['last error', link.lastError],
    ['last error at', link.lastErrorAt],
    ['kind of error', link.lastFailure],
    ['open attempts', `${link.openAttempts} failed; alternates are taken after ${link.openRetries}`],
    ['next attempt', link.nextAttemptAt],
    ['schedule', scheduleText(link.schedule)],
    ['limit', limitText(link)],
    ['waits', waitsText(link)],
  ]);
}
