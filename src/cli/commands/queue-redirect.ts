// chappe queue redirect: gives recipients of waiting messages another O/R address. An address that cannot be
// read is found before anything is asked of the MTA; who is meant must be plain before anything is changed.

import type { CopyCommandOutcome, CopyJson } from '../../admin/index.ts';
import { type ORAddress, parseORAddress, sameORAddress } from '../../address/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';
import { localMta } from '../local-mta.ts';
import { report } from '../output.ts';
import { commandByCopies, copiesOf, named, outcomesText } from './queue.ts';

/** How many recipients are named to somebody who has to name one. */
const NAMED_MAX = 10;

export interface RedirectOptions extends CommonOptions {
  readonly to: string;
  readonly recipient?: string;
  readonly sameRecipient?: boolean;
  readonly note?: string;
  readonly all?: boolean;
}

/** Redirects the copies that are named, or all that have the recipient. Fails if one of them was not. */
export async function queueRedirect(
  { terminal }: CommandContext,
  ids: readonly string[],
  options: RedirectOptions,
): Promise<number> {
  const { to, recipient, sameRecipient, note, all = false } = options;
  if (ids.length > 0 === all) throw new WrongUsage('name copies or messages, or --all with --recipient');
  if (all && recipient === undefined)
    throw new WrongUsage('--all wants --recipient: whose messages are meant');
  addressOf(to, '--to');
  const meant = recipient === undefined ? undefined : addressOf(recipient, '--recipient');
  const mta = localMta(requireConfiguration(options));
  const found = all ? await copiesOf(mta, {}) : await named(mta, ids);
  const having = found.filter((copy) => meant !== undefined && has(copy, meant));
  if (meant === undefined) mustBePlain(found, ids);
  const order = {
    command: 'redirect' as const,
    to,
    ...(recipient !== undefined && { recipient }),
    ...(sameRecipient !== undefined && { sameRecipient }),
    ...(note !== undefined && { note }),
  };
  // Where none has that recipient the MTA says which there are.
  const copies = having.length > 0 || all ? having : found;
  const outcomes: readonly CopyCommandOutcome[] = await commandByCopies(mta, order, copies);
  await report(terminal, options, { json: outcomes, text: () => outcomesText(outcomes) });
  if (outcomes.length === 0)
    throw new CommandFailure(`nothing in the queue is for ${recipient}`, 'not-found');
  return outcomes.every((outcome) => outcome.done) ? exitCodes.success : exitCodes.failure;
}

function addressOf(text: string, option: string): ORAddress {
  const address = parseORAddress(text);
  if (!address.ok) throw new WrongUsage(`${option}: "${text}" is no O/R address: ${address.error.message}`);
  return address.value;
}

function has({ recipients }: CopyJson, meant: ORAddress): boolean {
  return recipients.some(({ address: text }) => {
    const address = parseORAddress(text);
    return address.ok && sameORAddress(address.value, meant);
  });
}

/** A message with several copies has several recipients: one of them is to be named. */
function mustBePlain(copies: readonly CopyJson[], ids: readonly string[]): void {
  if (ids.every((id) => /^\d+$/.test(id))) return;
  for (const [mtsIdentifier, those] of Map.groupBy(copies, (copy) => copy.mtsIdentifier)) {
    if (those.length === 1) continue;
    const recipients = those.flatMap((copy) => copy.recipients.map(({ address }) => `\n  ${address}`));
    const more = recipients.length - NAMED_MAX;
    const list = `${recipients.slice(0, NAMED_MAX).join('')}${more > 0 ? `\n  and ${more} others` : ''}`;
    const said = `${mtsIdentifier} waits for several recipients; say which (--recipient):${list}`;
    throw new CommandFailure(said, 'conflict');
  }
}
