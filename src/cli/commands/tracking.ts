// chappe route explain and chappe events: what would happen, what events mean.

import { type RouteAccount, type RouteQuestionJson, routeQuestion } from '../../admin/index.ts';
import { catalogue, type EventDefinition, type EventName, findEvent } from '../../events/index.ts';
import { buildRouteTable, explain } from '../../routing/index.ts';
import {
  type CommandContext,
  type CommonOptions,
  requireConfiguration,
  requireSoundConfiguration,
  requireStartableConfiguration,
} from '../context.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';
import { localMta, NotRunning } from '../local-mta.ts';
import { fields, report, table } from '../output.ts';

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
  const configuration =
    options.dryRun === true ? requireSoundConfiguration(options) : requireConfiguration(options);
  let account: RouteAccount;
  let source: 'running' | 'configuration' = 'running';
  try {
    if (options.dryRun === true) throw new NotRunning('a dry run');
    account = await localMta(configuration).get<RouteAccount>('/api/v1/route/explain', { ...asked });
  } catch (error) {
    if (!(error instanceof NotRunning)) throw error;
    source = 'configuration';
    const table = options.dryRun === true ? configuration : requireStartableConfiguration(options);
    const explained = explain(buildRouteTable(table), question.value);
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
