// The account of one choice, for `chappe route explain`: as a text for people and as plain data for --json.
// Makes the very choice that routing makes; it knows no rule of its own.

import { printORAddress, type ORAddress } from '../address/index.ts';
import { resolveRecipient } from './resolution.ts';
import type {
  Candidate,
  CandidateReason,
  RouteDecision,
  RouteRequest,
  UndeliverableDecision,
} from './decision.ts';
import type { RouteTable } from './route-table.ts';

export interface RouteExplanation {
  readonly decision: RouteDecision;
  /** Several lines, without a newline at the end. */
  readonly text: string;
  readonly json: RouteExplanationJson;
}
export interface RouteExplanationJson {
  readonly recipient: string;
  readonly decision: RouteDecision['kind'];
  readonly nextHop: string | null;
  readonly alternates: readonly string[];
  /** Those who take its place, one after the other. */
  readonly redirections: readonly { readonly to: string; readonly reason: string }[];
  readonly why: string;
  readonly candidates: readonly (Candidate & { readonly explanation: string })[];
}

/** What happens to a message for this address, and why. */
export function explain(
  table: RouteTable,
  request: RouteRequest & { readonly recipient: ORAddress },
): RouteExplanation {
  const resolution = resolveRecipient(table, { ...request, alternateAllowed: true });
  const { decision } = resolution;
  const recipient = printORAddress(request.recipient);
  const why = summary(decision);
  const redirections = resolution.steps.map(({ to, reason }) => ({ to: printORAddress(to), reason }));
  const lines = decision.candidates.map(
    (each) =>
      `  ${each.verdict.padEnd(9)}  ${each.kind.padEnd(7)}  ${each.name}  ${each.addressSpace}  ` +
      `(${each.length} attributes, cost ${each.cost}${through(each)}): ${reasonTexts[each.reason]}`,
  );
  const json: RouteExplanationJson = {
    recipient,
    decision: decision.kind,
    nextHop: 'nextHop' in decision ? decision.nextHop : null,
    alternates: decision.kind === 'link' ? decision.alternates : [],
    redirections,
    why,
    candidates: decision.candidates.map((each) => ({ ...each, explanation: reasonTexts[each.reason] })),
  };
  const redirected = redirections.map(({ to, reason }) => `  is redirected to ${to} (${onlyWhere(reason)})`);
  return { decision, text: [recipient, ...redirected, `  ${why}`, ...lines].join('\n'), json };
}

/** What the message may forbid. */
function onlyWhere(reason: string): string {
  if (reason === 'recipient-assigned-alternate-recipient') {
    return `${reason}; unless the originator prohibits reassignment`;
  }
  if (reason !== 'recipient-MD-assigned-alternate-recipient') return reason;
  return `${reason}; where the originator allows alternate recipients`;
}

function through({ group }: Candidate): string {
  return group === undefined ? '' : `, group ${group}`;
}

/** One line on what was decided. */
export function summary(decision: RouteDecision): string {
  switch (decision.kind) {
    case 'link': {
      const equals = decision.candidates
        .filter(({ verdict, reason }) => verdict === 'alternate' && reason === 'equal-cost')
        .map(({ name }) => name);
      const lesser = decision.alternates.filter((name) => !equals.includes(name));
      const spread = equals.length === 0 ? '' : `, or by message to ${equals.join(', ')}`;
      const others = lesser.length === 0 ? '' : `; alternates: ${lesser.join(', ')}`;
      const waits =
        decision.waitsFor === undefined ? '' : `; waits, because the link is ${decision.waitsFor}`;
      return `goes to link ${decision.link}${spread}${waits}${others}`;
    }
    case 'deliver':
      return `is delivered here, by ${decision.deliver}`;
    case 'list':
      return `is expanded here: distribution list ${decision.list}`;
    case 'list-recursion':
      return `ends without a report: distribution list ${decision.list} has expanded this message already`;
    default:
      return `is reported: ${undeliverableReason(decision)}`;
  }
}

/** Why a recipient is reported, as the report's supplementary information says it. */
export function undeliverableReason(decision: UndeliverableDecision): string {
  switch (decision.kind) {
    case 'unknown-user':
      return `deliver space ${decision.deliver} matches longest and knows no such user`;
    case 'no-route':
      return decision.why === 'only-back'
        ? 'the only route leads back to the link that it came by'
        : 'no address space contains it';
    case 'content-too-long':
      return `its links take at most ${decision.contentLengthMax} octets of content`;
    case 'content-type-not-supported':
      return `its links take no such content type: ${decision.links.join(', ')}`;
    case 'restricted-delivery':
      return `its links are closed to this originator or priority: ${decision.links.join(', ')}`;
    case 'redirection-loop':
      return `it is redirected to ${decision.to}, which it was before`;
    case 'reassignment-prohibited':
      return `it is redirected to ${decision.to}, and the originator prohibited that`;
    case 'dl-expansion-prohibited':
      return `it is the distribution list ${decision.list}, and the originator prohibited expansion`;
    case 'dl-submit-prohibited':
      return `this originator may not send to the distribution list ${decision.list}`;
  }
}

const reasonTexts: Readonly<Record<CandidateReason, string>> = {
  chosen: 'longest match, best of it',
  'shorter-match': 'a longer match decides',
  'higher-cost': 'costs more; taken if the chosen one becomes unhealthy',
  'equal-cost': 'costs the same, and gets its share of messages',
  'opens-later': 'costs the same, and is outside the hours of its schedule for longer',
  unhealthy: 'its retries ran out; another of the same match works',
  disabled: 'the link is disabled',
  'came-by-it': 'a recipient never goes back on the link that it came by',
  'content-too-long': 'the content is longer than the link takes',
  'priority-restricted': 'the link does not take this priority',
  'content-type-restricted': 'the link does not take this content type',
  'originator-restricted': 'the link does not take messages of this originator',
  'unknown-user': 'no such user is in its list',
  'deliver-first': 'a deliver space of the same match knows the user',
  'second-space': 'another space of the same length decides for this next hop',
};
