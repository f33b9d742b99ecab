// The requests that cross the thread: an operation, and its arguments as JSON; only a transition has a
// tape form of its own.

import type { ClaimRequest, CopyId, CopyQuery, MessageId, TrackingQuery } from '../port.ts';
import type { ContentRequest, TrackingPlace } from './lists.ts';
import type { PruningSlice } from './pruning.ts';
import type { TapeReader, TapeWriter } from './tape.ts';
import { takeTransition, type TransitionDraft } from './transition-codec.ts';

export type Question =
  | { readonly op: 'claim'; readonly request: ClaimRequest }
  | { readonly op: 'unclaim'; readonly owner: string; readonly copies: readonly CopyId[] }
  | { readonly op: 'next-due'; readonly nextHop: string; readonly now: number }
  | { readonly op: 'expired'; readonly now: number; readonly limit: number }
  | { readonly op: 'show'; readonly copy: CopyId }
  | { readonly op: 'list'; readonly query: CopyQuery; readonly limit: number }
  | { readonly op: 'counts' }
  | { readonly op: 'content'; readonly request: ContentRequest }
  | { readonly op: 'condemn'; readonly message: MessageId; readonly detail: string }
  | { readonly op: 'recovery-points'; readonly link: string }
  | { readonly op: 'strikes' }
  | { readonly op: 'track'; readonly query: TrackingQuery; readonly place: TrackingPlace }
  | { readonly op: 'entries'; readonly after: MessageId; readonly limit: number }
  | { readonly op: 'prune'; readonly slice: PruningSlice }
  | { readonly op: 'close' };
export type Request = { readonly op: 'commit'; readonly draft: TransitionDraft } | Question;

/** Writes anything but a transition. */
export function putQuestion(tape: TapeWriter, question: Question): void {
  tape.put(JSON.stringify(question));
}

/** Marks that a transition follows on the tape. */
export const commitMark = '';

/** Reads every request of a batch. */
export function takeRequests(tape: TapeReader): Request[] {
  const requests: Request[] = [];
  while (!tape.atEnd) {
    const text = tape.text();
    if (text === commitMark) requests.push({ op: 'commit', draft: takeTransition(tape) });
    else requests.push(JSON.parse(text) as Question);
  }
  return requests;
}
