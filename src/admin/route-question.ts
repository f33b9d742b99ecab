// What `route explain` asks, from text: an address, and as much of a message as restrictions and limits of
// links look at. The same reading for the HTTP API and for the command line without a running MTA. Pure.

import { type ORAddress, parseORAddress } from '../address/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { nextHopKey, type RouteRequest } from '../routing/index.ts';

export interface RouteQuestionJson {
  readonly address: string;
  /** The originator. */
  readonly from?: string;
  readonly priority?: 'urgent' | 'normal' | 'non-urgent';
  /** Object identifier. */
  readonly contentType?: string;
  readonly contentLength?: number;
  /** The link that the recipient came by. */
  readonly arrivedBy?: string;
}

export type RouteQuestion = RouteRequest & { readonly recipient: ORAddress };

/** The request to routing, or what is wrong with the question. */
export function routeQuestion(json: RouteQuestionJson): Result<RouteQuestion, string> {
  const recipient = parseORAddress(json.address);
  if (!recipient.ok) return err(`"${json.address}" is no O/R address: ${recipient.error.message}`);
  const originator = json.from === undefined ? undefined : parseORAddress(json.from);
  if (originator?.ok === false) return err(`"${json.from}" is no O/R address: ${originator.error.message}`);
  const { priority, contentType, contentLength, arrivedBy } = json;
  return ok({
    recipient: recipient.value,
    kind: 'message',
    priority,
    contentType,
    contentLength,
    originator: originator?.value,
    ...(arrivedBy !== undefined && { arrivedBy: nextHopKey({ kind: 'link', name: arrivedBy }) }),
  });
}
