// From a judgement that has been committed to the copies that it made, as those who serve their next hops
// take them over: the same value that a claim would have read back from the store.

import type { CopyId, MessageId, NewCopy, NewMessage, QueuedCopy } from '../store/index.ts';

export type CreatedIds = readonly { readonly message: MessageId; readonly copies: readonly CopyId[] }[];

export interface CreatedCopy {
  readonly request: NewCopy;
  readonly copy: QueuedCopy;
}

/** Every copy of `create` with the numbers that the store gave them. */
export function createdCopies(create: readonly NewMessage[], ids: CreatedIds): CreatedCopy[] {
  return create.flatMap((message, index) =>
    message.copies.map((request, number) => ({
      request,
      copy: queuedCopy(message, request, { message: ids[index].message, copy: ids[index].copies[number] }),
    })),
  );
}

function queuedCopy(
  message: NewMessage,
  request: NewCopy,
  ids: { readonly message: MessageId; readonly copy: CopyId },
): QueuedCopy {
  const { copies: _, recipients, ...head } = message;
  return {
    ...head,
    ...ids,
    recipients: request.recipients.map((number) => ({ number, address: recipients[number] })),
    nextHop: request.nextHop,
    state: request.held ? 'held' : 'queued',
    attempts: 0,
    ...(request.notBefore !== undefined && { notBefore: request.notBefore }),
  };
}
