// chappe queue: the queue of the running MTA, by link, by message or by search. Copies are what waits: one
// for each next hop of a message. They are named by their number or by the MTS identifier of their message.

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import {
  type CopyCommandOutcome,
  type CopyJson,
  type LinkJson,
  messagesOf,
  type QueueCommandJson,
  type QueuedMessageJson,
  type QueueSearchJson,
} from '../../admin/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';
import { type LocalMta, localMta } from '../local-mta.ts';
import { fields, report, table } from '../output.ts';

export interface SearchOptions extends CommonOptions, QueueSearchJson {
  readonly limit?: number;
}
export interface CommandOptions extends SearchOptions {
  readonly all?: boolean;
  readonly via?: string;
  readonly set?: QueueCommandJson['priority'];
  readonly until?: string;
  readonly text?: string;
}

const page_copies = 1000;

export async function queueList({ terminal }: CommandContext, options: SearchOptions): Promise<number> {
  const copies = await copiesOf(localMta(requireConfiguration(options)), searchOf(options), options.limit);
  await report(terminal, options, { json: messagesOf(copies), text: () => listText(copies) });
  return exitCodes.success;
}

export async function queueShow(
  { terminal }: CommandContext,
  id: string,
  options: CommonOptions,
): Promise<number> {
  const mta = localMta(requireConfiguration(options));
  const messages = messagesOf(await named(mta, [id]));
  const links = new Map(
    (await mta.get<readonly LinkJson[]>('/api/v1/links')).map((each) => [each.name, each]),
  );
  const text = (): string => messages.map((message) => messageText(message, links)).join('\n\n');
  await report(terminal, options, { json: messages.map((message) => withClocks(message, links)), text });
  return exitCodes.success;
}

/** Runs one command on the copies that are named or searched for. Fails if one of them, or none, was done. */
export async function queueCommand(
  { terminal }: CommandContext,
  which: { readonly command: QueueCommandJson['command']; readonly ids: readonly string[] },
  options: CommandOptions,
): Promise<number> {
  const search = searchOf(options);
  const searched = Object.keys(search).length > 0;
  if ([which.ids.length > 0, searched, options.all === true].filter(Boolean).length !== 1) {
    throw new WrongUsage(
      'name copies or messages, or search for them (--link, --id, --from, --to…), or --all',
    );
  }
  const mta = localMta(requireConfiguration(options));
  const outcomes = await (searched
    ? commandBySearch(mta, { ...order(which.command, options), search })
    : commandByCopies(
        mta,
        order(which.command, options),
        which.ids.length > 0 ? await named(mta, which.ids) : await copiesOf(mta, {}),
      ));
  await report(terminal, options, { json: outcomes, text: () => outcomesText(outcomes) });
  if (outcomes.length === 0) throw new CommandFailure('no copy in the queue is meant', 'not-found');
  return outcomes.every((outcome) => outcome.done) ? exitCodes.success : exitCodes.failure;
}

/** Writes the MTS-APDU of one copy to a file, or to standard output. */
export async function queueExport(
  { terminal }: CommandContext,
  id: string,
  options: CommonOptions & { readonly output?: string },
): Promise<number> {
  if (options.json === true && options.output === undefined)
    throw new WrongUsage('--json goes with --output');
  const mta = localMta(requireConfiguration(options));
  const copies = await named(mta, [id]);
  if (copies.length > 1) {
    const numbers = copies.map((copy) => `${copy.copy} (${copy.nextHop})`).join(', ');
    throw new CommandFailure(
      `the message has ${copies.length} copies; name one of them: ${numbers}`,
      'conflict',
    );
  }
  const [{ copy, mtsIdentifier }] = copies;
  const octets = await mta.octets(`/api/v1/queue/${copy}/apdu`);
  if (options.output === undefined) {
    for await (const piece of octets) await terminal.out(piece);
    return exitCodes.success;
  }
  await pipeline(Readable.from(octets, { objectMode: false }), createWriteStream(options.output));
  const file = options.output;
  await report(terminal, options, {
    json: { copy, mtsIdentifier, file },
    text: () => `${mtsIdentifier} in ${file}`,
  });
  return exitCodes.success;
}

function order(
  command: QueueCommandJson['command'],
  { via, set, until, text }: CommandOptions,
): QueueCommandJson {
  return {
    command,
    ...(via !== undefined && { link: via }),
    ...(set !== undefined && { priority: set }),
    ...(until !== undefined && { until }),
    ...(text !== undefined && { text }),
  };
}

async function commandBySearch(
  mta: LocalMta,
  json: QueueCommandJson,
): Promise<readonly CopyCommandOutcome[]> {
  return (await mta.post<{ outcomes: CopyCommandOutcome[] }>('/api/v1/queue/commands', { json })).outcomes;
}

export async function commandByCopies(
  mta: LocalMta,
  json: QueueCommandJson,
  copies: readonly CopyJson[],
): Promise<readonly CopyCommandOutcome[]> {
  const outcomes: CopyCommandOutcome[] = [];
  for (let at = 0; at < copies.length; at += page_copies) {
    const page = copies.slice(at, at + page_copies).map((copy) => copy.copy);
    outcomes.push(...(await commandBySearch(mta, { ...json, copies: page })));
  }
  return outcomes;
}

/** The copies of these copy numbers and MTS identifiers. Fails for one that is not in the queue. */
export async function named(mta: LocalMta, ids: readonly string[]): Promise<readonly CopyJson[]> {
  const found = new Map<number, CopyJson>();
  for (const id of ids) {
    const copies = /^\d+$/.test(id)
      ? [await mta.get<CopyJson>(`/api/v1/queue/${id}`)]
      : await copiesOf(mta, { id });
    if (copies.length === 0) throw new CommandFailure(`${id} is not in the queue`, 'not-found');
    for (const copy of copies) found.set(copy.copy, copy);
  }
  return [...found.values()];
}

/** All copies that the search finds, asked for page by page. */
export async function copiesOf(
  mta: LocalMta,
  search: QueueSearchJson,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly CopyJson[]> {
  const copies: CopyJson[] = [];
  let after: number | null | undefined;
  while (copies.length < limit && after !== null) {
    const page = { ...search, limit: Math.min(page_copies, limit - copies.length), after };
    const answer: { copies: CopyJson[]; after: number | null } = await mta.get('/api/v1/queue', page);
    copies.push(...answer.copies);
    after = answer.after;
  }
  return copies;
}

function searchOf({ link, nextHop, state, id, from, to }: SearchOptions): QueueSearchJson {
  return Object.fromEntries(
    Object.entries({ link, nextHop, state, id, from, to }).filter(([, value]) => value !== undefined),
  );
}

function listText(copies: readonly CopyJson[]): string {
  if (copies.length === 0) return 'the queue is empty';
  const rows = copies.map((copy) => [
    String(copy.copy),
    copy.nextHop,
    copy.state,
    copy.priority,
    copy.kind,
    String(copy.contentLength),
    String(copy.recipients.length),
    String(copy.attempts),
    copy.acceptedAt,
    copy.mtsIdentifier,
  ]);
  const head = ['COPY', 'NEXT HOP', 'STATE', 'PRIORITY', 'KIND', 'OCTETS', 'RCPTS', 'TRIES', 'ACCEPTED'];
  return table([...head, 'MTS IDENTIFIER'], rows);
}

type Links = ReadonlyMap<string, LinkJson>;

/** With what its link says of retries: they end nothing, only the expiry does. */
function withClocks(message: QueuedMessageJson, links: Links): object {
  const copies = message.copies.map((copy) => {
    const link = linkOf(copy, links);
    if (link === undefined) return copy;
    const { transferRetries, openAttempts, openRetries, nextAttemptAt, waitsFor } = link;
    return { ...copy, transferRetries, link: { openAttempts, openRetries, nextAttemptAt, waitsFor } };
  });
  return { ...message, copies };
}

function linkOf({ nextHop }: QueuedMessageJson['copies'][number], links: Links): LinkJson | undefined {
  return nextHop.startsWith('link/') ? links.get(nextHop.slice('link/'.length)) : undefined;
}

function attemptsText({ attempts }: QueuedMessageJson['copies'][number], link: LinkJson | undefined): string {
  if (link === undefined) return String(attempts);
  if (attempts <= link.transferRetries) return `${attempts} (alternates after ${link.transferRetries})`;
  return `${attempts} (more than ${link.transferRetries}: alternates are tried; it goes on until it expires)`;
}

function linkClockText(link: LinkJson | undefined): string | undefined {
  if (link === undefined) return undefined;
  const failed = link.openAttempts === 0 ? '' : `, ${link.openAttempts} of ${link.openRetries} calls failed`;
  const next = link.nextAttemptAt === undefined ? '' : `, called again at ${link.nextAttemptAt}`;
  const { waitsFor } = link;
  const until = waitsFor?.until === undefined ? '' : ` until ${waitsFor.until}`;
  return `${link.state}${failed}${next}${waitsFor === undefined ? '' : `, waits: ${waitsFor.for}${until}`}`;
}

function messageText(message: QueuedMessageJson, links: Links): string {
  const head = fields([
    ['MTS identifier', message.mtsIdentifier],
    ['kind', message.kind],
    ['priority', message.priority],
    ['originator', message.originator],
    ['content type', message.contentType],
    ['octets', message.contentLength],
    ['accepted', message.acceptedAt],
    ['expires', message.expiresAt],
    ['arrived by', message.arrivedBy],
  ]);
  const copies = message.copies.map((copy) =>
    fields([
      ['copy', copy.copy],
      ['  next hop', copy.nextHop],
      ['  state', copy.state],
      ['  recipients', copy.recipients.join('\n              ')],
      ['  attempts', attemptsText(copy, linkOf(copy, links))],
      ['  link', linkClockText(linkOf(copy, links))],
      ['  last attempt', copy.lastAttemptAt],
      ['  last error', copy.lastError],
      ['  not before', copy.notBefore],
    ]),
  );
  return [head, ...copies].join('\n');
}

export function outcomesText(outcomes: readonly CopyCommandOutcome[]): string {
  return outcomes
    .map(
      ({ copy, done, detail }) => `copy ${copy}: ${done ? 'done' : 'not done'}${detail ? `: ${detail}` : ''}`,
    )
    .join('\n');
}
