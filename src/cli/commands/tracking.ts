// chappe track, chappe route explain and chappe events: what happened, what would happen, what events mean.

import {
  type RouteAccount,
  type RouteQuestionJson,
  routeQuestion,
  timeOf,
  type TrackJson,
  type TrackSearchJson,
} from '../../admin/index.ts';
import { catalogue, type EventDefinition, type EventName, findEvent } from '../../events/index.ts';
import { buildRouteTable, explain } from '../../routing/index.ts';
import { actNames } from '../../store/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';
import { localMta, NotRunning } from '../local-mta.ts';
import { fields, report, table } from '../output.ts';

/** Records that are asked for where nobody says how many. */
const RECORDS = 1000;

export async function track(
  { terminal }: CommandContext,
  options: CommonOptions & TrackSearchJson,
): Promise<number> {
  const { id, from, to, act, since, until, limit = RECORDS } = options;
  if (timeOf(since) === 'malformed' || timeOf(until) === 'malformed') {
    throw new WrongUsage('a time is written in ISO 8601: 2031-01-31T12:00:00Z');
  }
  if (act !== undefined && !actNames.includes(act)) {
    throw new WrongUsage(`there is no act "${act}"; acts are ${actNames.join(', ')}`);
  }
  const mta = localMta(requireConfiguration(options));
  const search = { id, from, to, act, since, until, limit };
  const records = await mta.get<readonly TrackJson[]>('/api/v1/track', search);
  await report(terminal, options, { json: records, text: () => trackText(records) });
  const last = records.at(-1);
  if (last !== undefined && records.length >= limit) {
    await terminal.err(
      `these are the first ${limit} records, there may be more: go on with --since ${last.at}, search for ` +
        'less (--id, --from, --to, --act, --until), or raise --limit\n',
    );
  }
  return exitCodes.success;
}

export interface RouteExplainOptions extends Omit<RouteQuestionJson, 'address' | 'contentLength'> {
  readonly contentLength?: string;
  /** The file is asked, though an MTA runs. */
  readonly dryRun?: boolean;
}

/**
 * Asks the running MTA, which knows the health of its links; without one, or for a dry run before a reload,
 * the configuration alone.
 */
export async function routeExplain(
  { terminal }: CommandContext,
  address: string,
  options: CommonOptions & RouteExplainOptions,
): Promise<number> {
  const { from, priority, contentType, contentLength, arrivedBy } = options;
  const asked: RouteQuestionJson = {
    address,
    ...(from !== undefined && { from }),
    ...(priority !== undefined && { priority }),
    ...(contentType !== undefined && { contentType }),
    ...(contentLength !== undefined && { contentLength: Number(contentLength) }),
    ...(arrivedBy !== undefined && { arrivedBy }),
  };
  const question = routeQuestion(asked);
  if (!question.ok) throw new WrongUsage(question.error);
  const configuration = requireConfiguration(options);
  let account: RouteAccount;
  let source: 'running' | 'configuration' = 'running';
  try {
    if (options.dryRun === true) throw new NotRunning('a dry run');
    account = await localMta(configuration).get<RouteAccount>('/api/v1/route/explain', { ...asked });
  } catch (error) {
    if (!(error instanceof NotRunning)) throw error;
    source = 'configuration';
    const explained = explain(buildRouteTable(configuration), question.value);
    account = { ...explained.json, text: explained.text };
  }
  const { text, ...json } = account;
  const why = options.dryRun === true ? 'nothing running was asked' : 'no MTA runs';
  const note = source === 'running' ? '' : `\n(from the configuration: ${why}, every link counts as healthy)`;
  await report(terminal, options, { json: { ...json, source }, text: () => `${text}${note}` });
  return exitCodes.success;
}

export async function eventsList({ terminal }: CommandContext, options: CommonOptions): Promise<number> {
  const rows = Object.entries(catalogue).map(([name, row]: [string, EventDefinition]) =>
    eventJson(name, row),
  );
  const inOrder = rows.toSorted((a, b) => a.event - b.event);
  await report(terminal, options, {
    json: inOrder,
    text: () =>
      table(
        ['EVENT', 'NAME', 'SEVERITY', 'MEANING'],
        inOrder.map((row) => [String(row.event), row.name, row.severity, row.meaning]),
      ),
  });
  return exitCodes.success;
}

export async function eventsShow(
  { terminal }: CommandContext,
  id: string,
  options: CommonOptions,
): Promise<number> {
  const found = findEvent(id);
  if (found === undefined) throw new CommandFailure(`there is no event "${id}"`, 'not-found');
  const row = eventJson(found.name, found.definition);
  await report(terminal, options, {
    json: row,
    text: () =>
      fields([
        ['event', row.event],
        ['name', row.name],
        ['severity', row.severity],
        ['meaning', row.meaning],
        ['action', row.action],
        ...Object.entries(row.fields).map(([name, what]) => [`field ${name}`, what] as const),
      ]),
  });
  return exitCodes.success;
}

function eventJson(name: EventName | string, { number, ...row }: EventDefinition) {
  return { event: number, name, ...row };
}

/** Message by message, and in each recipient by recipient. */
function trackText(records: readonly TrackJson[]): string {
  if (records.length === 0) return 'nothing is known of such a message';
  const messages = Map.groupBy(records, (record) => record.mtsIdentifier);
  return [...messages].map(([id, of]) => [id, headText(of), ...recipientLines(of)].join('\n')).join('\n\n');
}

/** What the records of a message have in common: from whom, how urgent, what, how large. */
function headText([first]: readonly TrackJson[]): string {
  const { kind, priority, contentType, contentLength, originator } = first;
  const size = contentLength === undefined ? undefined : `${contentLength} octets`;
  return `  ${[kind, priority, contentType, size, `from ${originator}`].filter(Boolean).join(', ')}`;
}

function recipientLines(records: readonly TrackJson[]): readonly string[] {
  const recipients = [...new Set(records.flatMap((record) => record.recipients))];
  const general = records.filter((record) => record.recipients.length === 0);
  return [
    ...general.map(actText),
    ...recipients.flatMap((recipient) => [
      `  ${recipient}`,
      ...records.filter((record) => record.recipients.includes(recipient)).map(actText),
    ]),
  ];
}

/** In quotes where it would not be read as one word. */
function quoted(value: string): string {
  return /\s|^$/.test(value) ? JSON.stringify(value) : value;
}

function actText({ at, act, detail }: TrackJson): string {
  const details = Object.entries(detail).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `    ${at}  ${act}  ${details.join(' ')}`.trimEnd();
}
