// The judgement of this MTA as it stands now: its configuration, its table of routes, the health of its
// links, and the judgements that are made by them. A judgement on many recipients takes many turns of the
// event loop; one that the table changed under is made again, so that no copy goes to a hop that nobody
// serves any more. It commits nothing.

import type { MTSIdentifier } from '../address/index.ts';
import type { Result } from '../base/result.ts';
import type { Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import type { Configuration } from '../config/index.ts';
import {
  buildRouteTable,
  chooseRoute,
  type LinkHealth,
  nextHopKey,
  type RouteDecision,
  type RouteTable,
} from '../routing/index.ts';
import type { NextHopKey, QueuedCopy } from '../store/index.ts';
import type { Arriving, EndedRecipients } from './arriving.ts';
import type { Judgement, JudgeParts } from './draft.ts';
import type { Hops } from './hops.ts';
import { judgeArrivalInSteps, routeAgain } from './judge-arrival.ts';
import { deliveryOutcomes } from './delivery-outcomes.ts';
import { judgeEndedInSteps } from './judge-ended.ts';
import { type JudgedRedirection, judgeRedirectionInSteps, type Redirecting } from './judge-redirection.ts';
import type { StoredValue } from './stored-value.ts';

export interface JudgingParts {
  readonly hops: Hops;
  /** A new MTS identifier of our domain. */
  readonly identifier: (now: Instant) => MTSIdentifier;
}

export class Judging {
  readonly #parts: JudgingParts;
  configuration: Configuration;
  table: RouteTable;

  constructor(parts: JudgingParts, configuration: Configuration) {
    this.#parts = parts;
    this.configuration = configuration;
    this.table = buildRouteTable(configuration);
  }

  /** What a judgement that is made now is made by. */
  get parts(): JudgeParts {
    const { configuration, table } = this;
    return {
      configuration,
      table,
      health: this.health,
      opensAt: this.opensAt,
      identifier: this.#parts.identifier,
      claim: (hop, priority) => this.#parts.hops.claimFor(hop, priority),
    };
  }

  readonly health = (link: string): LinkHealth => this.#parts.hops.links.get(link)?.health ?? 'disabled';

  readonly opensAt: NonNullable<JudgeParts['opensAt']> = (link, priority) =>
    this.#parts.hops.links.get(link)?.opensAt(priority) ?? 0;

  /** As `judgeArrivalInSteps`. */
  arrival(arriving: Arriving, now: Instant): Steps<Judgement> {
    return this.#byOneTable((parts) => judgeArrivalInSteps(parts, arriving, now));
  }

  /** As `judgeEndedInSteps`. */
  ended(ended: EndedRecipients, now: Instant): Steps<Judgement> {
    return this.#byOneTable((parts) => judgeEndedInSteps(parts, ended, now));
  }

  /** As `deliveryOutcomes`. */
  delivered(delivered: Parameters<typeof deliveryOutcomes>[1]): Steps<Judgement> {
    return this.#byOneTable((parts) => deliveryOutcomes(parts, delivered));
  }

  /** As `judgeRedirectionInSteps`. */
  redirection(redirecting: Redirecting, now: Instant): Steps<Result<JudgedRedirection, string>> {
    return this.#byOneTable((parts) => judgeRedirectionInSteps(parts, redirecting, now));
  }

  /** Judged again until the table did not change in between. */
  *#byOneTable<T>(judge: (parts: JudgeParts) => Steps<T>): Steps<T> {
    for (;;) {
      const { table } = this;
      const judgement = yield* judge(this.parts);
      if (this.table === table) return judgement;
    }
  }

  /** The next hop of one recipient of a stored copy; `spent`: its retries where it waits ran out. */
  again(
    value: StoredValue,
    copy: QueuedCopy,
    { recipient, spent }: { readonly recipient: number; readonly spent: boolean },
  ): RouteDecision {
    const { arrivedBy, contentLength, nextHop, mtsIdentifier } = copy;
    const parts = spent ? { ...this.parts, health: this.#passingOver(nextHop) } : this.parts;
    if (value.kind !== 'report') {
      return routeAgain(parts, value, { recipient, contentLength, arrivedBy, description: copy });
    }
    return chooseRoute(parts.table, {
      kind: 'report',
      recipient: value.report.envelope.reportDestinationName,
      arrivedBy,
      health: parts.health,
      opensAt: parts.opensAt,
      balanceBy: mtsIdentifier,
    });
  }

  /** For one copy, the link that it waits for is as good as down. */
  #passingOver(hop: NextHopKey): JudgeParts['health'] {
    return (link) => {
      const health = this.health(link);
      const spent = health === 'healthy' && nextHopKey({ kind: 'link', name: link }) === hop;
      return spent ? 'unhealthy' : health;
    };
  }
}
