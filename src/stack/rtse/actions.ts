// The actions of the RTSE table: which part performs each, with what of the subject. Not here: what it does.

import { assert } from '../../base/assert.ts';
import { encodeRTTP, readRTTP } from './apdu-codec.ts';
import type { Standing } from './ending.ts';
import type { RtseContexts } from './x410-form.ts';
import { abortReasonOf } from './outcomes.ts';
import type { RtseParts } from './parts.ts';
import type { RtseAction } from './states.ts';
import { heardOf, type RtseSubject, requestOf } from './subject.ts';

type Perform = (parts: RtseParts, subject: RtseSubject) => void;

const opens = {
  sendRTORQ: ({ opening }, subject) => opening.ask(requestOf(subject, 'RTOPENreq')),
  indicateOpen: ({ opening }, subject) => {
    assert(subject.open?.ok, 'an open that can be answered');
    opening.indicate(subject.open.value, heardOf(subject, 'AASCind'));
  },
  refuseOpen: ({ opening }, subject) => {
    assert(subject.open?.ok === false, 'an open that cannot be answered');
    opening.refuseUnacceptable(subject.open.error, heardOf(subject, 'AASCind'));
  },
  sendRTOAC: ({ opening }, subject) => opening.accept(requestOf(subject, 'RTOPENrsp+').userData),
  sendRTORJ: ({ opening }, subject) => opening.refuse(requestOf(subject, 'RTOPENrsp-').refuse),
  confirmOpen: ({ opening }, { answer }) => {
    assert(answer?.ok, 'an answer that agrees');
    opening.confirm(answer.value);
  },
  confirmRefusal: ({ opening }, subject) => opening.confirmRefusal(heardOf(subject, 'AASCcnf-')),
} satisfies Partial<Record<RtseAction, Perform>>;

const sends = {
  startActivity: (parts, subject) =>
    parts.sender.start(requestOf(subject, 'RTTRreq'), parts.opening.agreed, contextsOf(parts)),
  supply: ({ sender }, subject) => sender.supply(requestOf(subject, 'RTsupply').octets),
  sendOn: (parts) => parts.sender.sendOn(contextsOf(parts)),
  askSupply: ({ sender }) => sender.askSupply(),
  endActivity: ({ sender }) => sender.end(),
  numberPoint: ({ sender }, subject) => sender.numbered(heardOf(subject, 'PSYNmlocal').serialNumber),
  confirmPoint: ({ sender }, subject) => sender.confirmPoint(heardOf(subject, 'PSYNmcnf').serialNumber),
  confirmTransfer: ({ sender }) => sender.confirm(),
  failTransfer: ({ sender }) => sender.fail(),
  noteException: ({ sender }, { heard }) => {
    if (heard?.kind === 'PUERind')
      sender.noteException(heard.reason, `exception of the peer: ${heard.reason}`);
    else if (heard?.kind === 'PPERind') sender.noteException(undefined, heard.detail);
  },
  noteSupplyFailed: ({ sender }) => sender.noteException(undefined, 'the octets could not be supplied'),
  noteTransferTime: ({ sender }) => sender.noteException(undefined, 'the transfer time ran out'),
  interruptActivity: ({ sender }) => sender.interrupt(),
  discardActivity: ({ sender }) => sender.discard(),
} satisfies Partial<Record<RtseAction, Perform>>;

const receives = {
  beginReceiving: (parts, subject) =>
    parts.receiver.begin(heardOf(subject, 'PACTSind').activity, contextsOf(parts), parts.opening.agreed),
  indicateResume: ({ receiver }, subject) => receiver.indicateResume(heardOf(subject, 'PACTRind')),
  resumeReceiving: (parts, subject) => {
    const { resumption } = requestOf(subject, 'RTresumersp+');
    assert(resumption !== undefined, 'a point to go on from');
    parts.receiver.resume(resumption, contextsOf(parts), parts.opening.agreed);
  },
  reportUnknownActivity: ({ receiver }) => receiver.reportUnknownActivity(),
  confirmRepeated: ({ receiver }, subject) =>
    receiver.confirmRepeated(heardOf(subject, 'PSYNmind').serialNumber),
  takeData: ({ receiver }, { rttrs }) => {
    assert(rttrs?.ok, 'RTTRs');
    receiver.take(rttrs.value);
  },
  indicateCheckpoint: ({ receiver }, subject) =>
    receiver.checkpoint(heardOf(subject, 'PSYNmind').serialNumber),
  passPoint: ({ receiver }) => receiver.passPoint(),
  confirmSecured: ({ receiver }, subject) =>
    receiver.confirmSecured(requestOf(subject, 'RTsecured').serialNumber),
  indicateTransfer: ({ receiver }) => receiver.indicateTransfer(),
  confirmEnd: ({ receiver }) => receiver.confirmEnd(),
  reportException: ({ receiver }, subject) =>
    receiver.reportException(requestOf(subject, 'RTTRrsp-').transient),
  forgetActivity: ({ receiver }, { heard }) => receiver.forget(`${heard?.kind ?? 'lost'} of the peer`, false),
  suspendActivity: ({ receiver }, { heard }) => receiver.forget(`${heard?.kind ?? 'lost'} of the peer`, true),
  answerInterrupt: ({ receiver }) => receiver.answerInterrupt(),
  answerDiscard: ({ receiver }) => receiver.answerDiscard(),
} satisfies Partial<Record<RtseAction, Perform>>;

const turns = {
  pleaseTurn: (parts, subject) =>
    parts.effects.down({
      kind: 'PTPreq',
      tokens: ['data'],
      userData: [
        { context: contextsOf(parts).rtse, value: [encodeRTTP(requestOf(subject, 'RTTPreq').priority)] },
      ],
    }),
  indicatePlease: (parts, subject) => {
    const priority = readRTTP(heardOf(subject, 'PTPind').userData, contextsOf(parts).rtse);
    parts.effects.up({ kind: 'RTTPind', priority });
  },
  giveTurn: ({ effects }) => effects.down({ kind: 'PCGreq' }),
  indicateTurn: ({ effects }) => effects.up({ kind: 'RTTGind' }),
} satisfies Partial<Record<RtseAction, Perform>>;

const ends = {
  release: ({ ending }) => ending.release(),
  indicateClose: ({ ending }) => ending.indicateClose(),
  answerClose: ({ ending }) => ending.answerClose(),
  confirmClose: ({ ending }) => ending.confirmClose(),
  sendUserAbort: (parts, subject) =>
    parts.ending.sendUserAbort(standing(parts), requestOf(subject, 'RTUABreq').userData),
  indicateAbort: (parts, subject) => parts.ending.indicate(heardOf(subject, 'AABRind'), standing(parts)),
  indicateProviderAbort: (parts, subject) =>
    parts.ending.indicate(heardOf(subject, 'APABind'), standing(parts)),
  abortAnswer: (parts, { answer }) => {
    assert(answer?.ok === false, 'an answer that does not agree');
    parts.ending.violation(standing(parts), answer.error);
  },
  abortRefused: (parts, subject) => {
    const { transient, detail } = requestOf(subject, 'RTTRrsp-');
    const reason = abortReasonOf(transient);
    parts.ending.abort(standing(parts), reason, { by: 'provider', reason, detail });
  },
  abortBadData: (parts, { rttrs }) =>
    parts.ending.violation(standing(parts), {
      ...parts.receiver.fault,
      ...(rttrs?.ok === false && { got: rttrs.error }),
    }),
  abortUnknownActivity: (parts) =>
    parts.ending.abort(standing(parts), 'unrecognized-activity', {
      by: 'provider',
      reason: 'unrecognized-activity',
      detail: 'the peer resumed an activity that is not known here',
    }),
  abortTransferCompleted: (parts) =>
    parts.ending.abort(standing(parts), 'transfer-completed', {
      by: 'provider',
      reason: 'transfer-completed',
      detail: 'the peer took back an activity that was confirmed',
    }),
  abortProtocol: (parts, { heard }) =>
    parts.ending.violation(standing(parts), {
      expected: `what ${parts.state} may receive`,
      got: heard?.kind ?? 'nothing',
    }),
  abortTimeout: (parts) =>
    parts.ending.abort(standing(parts), 'temporary-problem', {
      by: 'provider',
      reason: 'timeout',
      detail: `timed out in ${parts.state}`,
    }),
  giveUp: (parts) =>
    parts.ending.giveUp(standing(parts), {
      by: 'provider',
      reason: 'timeout',
      detail: `timed out in ${parts.state}`,
    }),
} satisfies Partial<Record<RtseAction, Perform>>;

export const actions: Readonly<Record<RtseAction, Perform>> = {
  ...opens,
  ...sends,
  ...receives,
  ...turns,
  ...ends,
};

function standing({ state, opening }: RtseParts): Standing {
  return { state, contexts: opening.contexts };
}

function contextsOf({ opening }: RtseParts): RtseContexts {
  assert(opening.contexts !== undefined, 'contexts agreed upon');
  return opening.contexts;
}
