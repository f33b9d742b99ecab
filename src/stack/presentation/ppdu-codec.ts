// Builds the PPDUs that this MTA sends and reads those that come, as far as the machine needs to know: CP,
// CPA, CPR (X.226 8.2) and the aborts ARU, ARP, in normal mode. Those of the other mode are recognised, and
// read by x410-mode.ts. Never throws on what the peer sent. Emitted: definite lengths, defaults left out.

import { decode, encode } from '../../asn1/index.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { resultList } from './contexts.ts';
import {
  type AbortReason,
  AbortType,
  CPAPPDU,
  CPRPPDU,
  CPType,
  type CPType as CPTypeValue,
  type ProviderReason,
  type ResultList,
} from './ppdu.ts';
import {
  BASIC_ENCODING,
  type NegotiatedContext,
  type PresentationContext,
  type PresentationDataReceived,
  type PresentationDataValue,
  type PresentationMode,
} from './service.ts';
import { receivedValues, userDataField } from './user-data.ts';
import { bareValues, parametersOf } from './x410-mode.ts';

export interface CPParameters {
  readonly calledSelector?: Uint8Array;
  readonly callingSelector?: Uint8Array;
  readonly contexts: readonly PresentationContext[];
  readonly userData: readonly PresentationDataValue[];
}

export function encodeCP(parameters: CPParameters): Uint8Array {
  return encode(CPType, {
    modeSelector: { modeValue: 'normal-mode' },
    normalModeParameters: {
      callingPresentationSelector: parameters.callingSelector,
      calledPresentationSelector: parameters.calledSelector,
      presentationContextDefinitionList: parameters.contexts.map((context) => ({
        presentationContextIdentifier: context.identifier,
        abstractSyntaxName: context.abstractSyntax,
        transferSyntaxNameList: context.transferSyntaxes,
      })),
      userData: userDataField(parameters.userData),
    },
  });
}

export function encodeCPA(
  contexts: readonly NegotiatedContext[],
  userData: readonly PresentationDataValue[],
): Uint8Array {
  return encode(CPAPPDU, {
    modeSelector: { modeValue: 'normal-mode' },
    normalModeParameters: {
      presentationContextDefinitionResultList: resultList(contexts),
      userData: userDataField(userData),
    },
  });
}

/** A refusal: of this layer, with its reason; or of the user above, with user data. */
export function encodeCPR(parameters: {
  readonly contexts: readonly NegotiatedContext[];
  readonly providerReason?: ProviderReason;
  readonly userData: readonly PresentationDataValue[];
}): Uint8Array {
  const { contexts, providerReason, userData } = parameters;
  return encode(CPRPPDU, {
    kind: 'normalModeParameters',
    value: {
      presentationContextDefinitionResultList: contexts.length === 0 ? undefined : resultList(contexts),
      providerReason,
      userData: userDataField(userData),
    },
  });
}

export function encodeARU(userData: readonly PresentationDataValue[]): Uint8Array {
  const identifiers = [...new Set(userData.map(({ context }) => context))];
  return encode(AbortType, {
    kind: 'aru',
    value: {
      presentationContextIdentifierList:
        identifiers.length === 0
          ? undefined
          : identifiers.map((context) => ({
              presentationContextIdentifier: context,
              transferSyntaxName: BASIC_ENCODING,
            })),
      userData: userDataField(userData),
    },
  });
}

export function encodeARP(providerReason: AbortReason): Uint8Array {
  return encode(AbortType, { kind: 'arp', value: { providerReason } });
}

/** A CP that was read: normal mode, or the other mode by name. */
export type CPRead =
  | {
      readonly mode: 'normal';
      readonly version1: boolean;
      readonly calledSelector?: Uint8Array;
      readonly callingSelector?: Uint8Array;
      readonly proposed: NonNullable<
        CPTypeValue['normalModeParameters']
      >['presentationContextDefinitionList'];
      readonly userData: Result<readonly PresentationDataReceived[], string>;
    }
  | { readonly mode: 'x410-1984'; readonly userData: readonly PresentationDataReceived[] };

/** Reads the user data of an S-CONNECT indication. Values of type CPC may follow the CP; they repeat it. */
export function decodeCP(octets: Uint8Array): Result<CPRead, string> {
  const decoded = decode(CPType, octets, { trailing: true });
  if (!decoded.ok) return err(decoded.error.message);
  const { modeSelector, normalModeParameters: parameters, x410ModeParameters } = decoded.value;
  if (modeSelector.modeValue === 'x410-1984-mode') {
    return ok({ mode: 'x410-1984', userData: parametersOf(x410ModeParameters) });
  }
  if (modeSelector.modeValue !== 'normal-mode' || parameters === undefined) {
    return err(`mode ${modeSelector.modeValue} without its parameters`);
  }
  return ok({
    mode: 'normal',
    version1: hasVersion1(parameters.protocolVersion),
    calledSelector: parameters.calledPresentationSelector,
    callingSelector: parameters.callingPresentationSelector,
    proposed: parameters.presentationContextDefinitionList,
    userData: receivedValues(parameters.userData),
  });
}

export interface AnswerRead {
  readonly results: ResultList | undefined;
  readonly userData: readonly PresentationDataReceived[];
}

/** Reads the answer to a CP in this mode; an answer in the other mode is none. */
export function decodeCPA(octets: Uint8Array, mode: PresentationMode = 'normal'): Result<AnswerRead, string> {
  const decoded = decode(CPAPPDU, octets);
  if (!decoded.ok) return err(decoded.error.message);
  const { modeSelector, normalModeParameters: parameters, x410ModeParameters } = decoded.value;
  if (mode === 'x410-1984') {
    if (modeSelector.modeValue !== 'x410-1984-mode') return err('a CPA that is not in X.410-1984 mode');
    return ok({ results: undefined, userData: parametersOf(x410ModeParameters) });
  }
  if (modeSelector.modeValue !== 'normal-mode' || parameters === undefined) {
    return err('a CPA that is not in normal mode');
  }
  const userData = receivedValues(parameters.userData);
  if (!userData.ok) return userData;
  return ok({ results: parameters.presentationContextDefinitionResultList, userData: userData.value });
}

export interface RefusalRead {
  readonly providerReason?: ProviderReason;
  /** X.410-1984 mode's refuse reason, from a peer that answered in that mode: the user data has it too. */
  readonly x410Reason?: number;
  readonly userData: readonly PresentationDataReceived[];
}

export function decodeCPR(octets: Uint8Array): Result<RefusalRead, string> {
  const decoded = decode(CPRPPDU, octets);
  if (!decoded.ok) return err(decoded.error.message);
  const cpr = decoded.value;
  if (cpr.kind === 'x400ModeParameters') {
    return ok({ x410Reason: cpr.value.refuseReason ?? 0, userData: bareValues(octets) });
  }
  const userData = receivedValues(cpr.value.userData);
  if (!userData.ok) return userData;
  return ok({ providerReason: cpr.value.providerReason, userData: userData.value });
}

export type AbortRead =
  | { readonly by: 'user'; readonly userData: readonly PresentationDataReceived[] }
  | { readonly by: 'provider'; readonly reason: string };

/** Reads the user data of an S-U-ABORT indication; one that has none is taken for an abort without reason. */
export function decodeAbort(octets: Uint8Array): AbortRead {
  if (octets.length === 0) return { by: 'provider', reason: 'S-U-ABORT without a PPDU' };
  const decoded = decode(AbortType, octets);
  if (!decoded.ok) return { by: 'provider', reason: `unreadable abort PPDU: ${decoded.error.message}` };
  const abort = decoded.value;
  switch (abort.kind) {
    case 'aru': {
      const userData = receivedValues(abort.value.userData);
      return { by: 'user', userData: userData.ok ? userData.value : [] };
    }
    case 'aruX400Mode':
      return { by: 'user', userData: bareValues(octets) };
    case 'arp':
      return { by: 'provider', reason: String(abort.value.providerReason ?? 'reason-not-specified') };
  }
}

function hasVersion1(version: { readonly octets: Uint8Array; readonly bits: number } | undefined): boolean {
  return version === undefined || (version.bits > 0 && (version.octets[0] & 0x80) !== 0);
}
