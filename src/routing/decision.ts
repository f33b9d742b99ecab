// What the choice of a route is made from and what comes out of it, as types: the request, the candidates
// with the reason why each was taken or dropped, and the decision. No procedure here.

import type { NormalAddress, ORAddress } from '../address/index.ts';
import type { NextHopKey, Priority } from '../store/port.ts';
import type { Restricted, RestrictionReason } from './restrictions.ts';

/** 'unhealthy': its retries ran out; it is passed over while another link of the same match is healthy. */
export type LinkHealth = 'healthy' | 'unhealthy' | 'disabled';

/** With what restrictions of links are about: kind, priority, content type, originator. */
export interface RouteRequest extends Restricted {
  readonly recipient: ORAddress | NormalAddress;
  /** The link that the recipient came by; absent if submitted, redirected or put there by a list. */
  readonly arrivedBy?: NextHopKey | undefined;
  /** Octets; a link that takes no content of that length is dropped. */
  readonly contentLength?: number | undefined;
  /** Links by name; every link is healthy when absent. Overrides `enabled` of the table. */
  readonly health?: ((link: string) => LinkHealth) | undefined;
  /**
   * From when on a link is called for this priority, by its schedule: in milliseconds as instants are, 0 for
   * now. Every link is open now when absent.
   */
  readonly opensAt?: ((link: string, priority: Priority) => number) | undefined;
  /** Spreads messages over links of equal cost, a message's recipients together: its MTS identifier. */
  readonly balanceBy?: string | undefined;
}

export type CandidateReason =
  | 'chosen'
  | 'shorter-match'
  | 'higher-cost'
  | 'equal-cost'
  | 'opens-later'
  | 'unhealthy'
  | 'disabled'
  | 'came-by-it'
  | 'content-too-long'
  | RestrictionReason
  | 'unknown-user'
  | 'deliver-first'
  | 'second-space';

/** One address space that the recipient lies in. */
export interface Candidate {
  readonly kind: 'link' | 'deliver';
  readonly name: string;
  readonly addressSpace: string;
  /** The group of links that brings this space to the link; absent where it is the link's own. */
  readonly group?: string;
  /** Attributes that matched. */
  readonly length: number;
  readonly cost: number;
  readonly verdict: 'taken' | 'alternate' | 'dropped';
  readonly reason: CandidateReason;
}

export type RouteDecision =
  | {
      readonly kind: 'link';
      readonly nextHop: NextHopKey;
      readonly link: string;
      /** Other links of the same match, best first: where copies go when `link` becomes unhealthy. */
      readonly alternates: readonly string[];
      /** Why nothing flows at present although there is a route. */
      readonly waitsFor?: 'disabled' | 'unhealthy';
      readonly candidates: readonly Candidate[];
    }
  | {
      readonly kind: 'deliver';
      readonly nextHop: NextHopKey;
      readonly deliver: string;
      readonly candidates: readonly Candidate[];
    }
  | {
      /** A distribution list of ours: expanded here. */
      readonly kind: 'list';
      readonly nextHop: NextHopKey;
      readonly list: string;
      readonly candidates: readonly Candidate[];
    }
  | {
      /** This list has expanded the message already: the recipient ends here without a report. */
      readonly kind: 'list-recursion';
      readonly list: string;
      readonly candidates: readonly Candidate[];
    }
  | UndeliverableDecision;

/** Decisions that end in a non-delivery report. */
export type UndeliverableDecision =
  | {
      readonly kind: 'unknown-user';
      /** The deliver space that won and does not know the user. */
      readonly deliver: string;
      readonly candidates: readonly Candidate[];
    }
  | {
      readonly kind: 'no-route';
      /** Nothing matched, or only the link that the recipient came by. */
      readonly why: 'no-address-space' | 'only-back';
      readonly candidates: readonly Candidate[];
    }
  | {
      readonly kind: 'content-too-long';
      /** The largest content that a link of this match takes, in octets. */
      readonly contentLengthMax: number;
      readonly candidates: readonly Candidate[];
    }
  | {
      /** Every link of this match is closed to this priority or originator, or to this content type. */
      readonly kind: 'restricted-delivery' | 'content-type-not-supported';
      /** Each of these links would be a way otherwise. */
      readonly links: readonly string[];
      readonly candidates: readonly Candidate[];
    }
  | {
      /**
       * It has been the address that it is redirected to, or was redirected too often; its originator forbade
       * that another gets it.
       */
      readonly kind: 'redirection-loop' | 'reassignment-prohibited';
      /** Where the redirection leads. */
      readonly to: string;
      readonly candidates: readonly Candidate[];
    }
  | {
      /** A list that the originator forbade to expand, or may not send to. */
      readonly kind: 'dl-expansion-prohibited' | 'dl-submit-prohibited';
      readonly list: string;
      readonly candidates: readonly Candidate[];
    };
