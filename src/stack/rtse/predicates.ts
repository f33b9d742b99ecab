// The predicates of the RTSE table. Each reads, none changes anything.

import { assert } from '../../base/assert.ts';
import { exceptions_requirement } from './open-parameters.ts';
import type { RtseParts } from './parts.ts';
import type { RtsePredicate } from './states.ts';
import { heardOf, type RtseSubject, requestOf } from './subject.ts';

export const predicates: Readonly<
  Record<RtsePredicate, (parts: RtseParts, subject: RtseSubject) => boolean>
> = {
  openUnacceptable: (_, { open }) => open?.ok === false,
  answerUnacceptable: (_, { answer }) => answer?.ok === false,
  turnIsOurs: ({ opening, options }, { answer }) =>
    (answer?.ok === true ? answer.value.agreed : opening.agreed).initialTurn === options.role,
  twoWayAlternate: ({ opening }) => opening.agreed.dialogueMode === 'two-way-alternate',
  mayReport: ({ opening }) => (opening.requirements & exceptions_requirement) !== 0,
  stale: ({ receiver }, { request }) => {
    const answers =
      request?.kind === 'RTsecured' ||
      request?.kind === 'RTTRrsp+' ||
      request?.kind === 'RTTRrsp-' ||
      request?.kind === 'RTresumersp+' ||
      request?.kind === 'RTresumersp-';
    assert(answers, 'an answer');
    return receiver.isStale(request);
  },
  permanentReason: (_, { heard }) =>
    heard?.kind === 'PUERind' && heard.reason === 'unrecoverable-procedural-error',
  checkpointConfirmed: ({ sender }) => sender.checkpointConfirmed,
  apduIncomplete: ({ receiver }) => !receiver.complete,
  pointUnknown: ({ sender }, subject) => !sender.awaits(heardOf(subject, 'PSYNmcnf').serialNumber),
  securedBefore: (_, subject) => requestOf(subject, 'RTresumersp+').resumption === undefined,
  confirmationUnwanted: (_, subject) => !heardOf(subject, 'PSYNmind').confirm,
};
