// PPDUs, ACSE and RTSE APDUs as findings, from the user data of an SPDU. What a presentation context is for
// is known from the CP that was seen, or taken for the usual one where none was. X.410-1984 mode has no
// PPDUs but those of the opening: there the octets are the user's own.

import { decode, external, print, printBer, type Raw, rawOctets } from '../../../asn1/index.ts';
import { concat } from '../../../base/octets.ts';
import { ACSEapdu } from '../../acse/apdu.ts';
import { ACSE_ABSTRACT_SYNTAX } from '../../acse/service.ts';
import { elementHeader } from '../../kernel/element-header.ts';
import { AbortType, CPAPPDU, CPRPPDU, CPType, UserData } from '../../presentation/ppdu.ts';
import { receivedValues } from '../../presentation/user-data.ts';
import { RTSEapdus } from '../../rtse/apdu.ts';
import type { SpduKind } from '../../session/spdu.ts';
import { mtsTransfer } from '../mts-transfer.ts';
import { type Finding, linesOf } from './finding.ts';

/** What was learnt from the opening of this connection. */
export interface SeenContexts {
  readonly syntaxes: Map<number, string>;
  x410: boolean;
}

/** The findings in the user data of an SPDU that is no DT. */
export function presentationFindings(
  kind: SpduKind,
  octets: Uint8Array,
  contexts: SeenContexts,
): readonly Finding[] {
  switch (kind) {
    case 'CN':
      return connectFindings(octets, contexts);
    case 'AC':
      return acceptFindings(octets, contexts);
    case 'RF': {
      const cpr = decode(CPRPPDU, octets);
      if (!cpr.ok) return opaque('CPR', octets);
      const userData = cpr.value.kind === 'normalModeParameters' ? cpr.value.value.userData : undefined;
      return [ppdu('CPR', print(CPRPPDU, cpr.value)), ...userDataFindings(userData, contexts)];
    }
    case 'AB': {
      const abort = decode(AbortType, octets);
      if (!abort.ok) return opaque('ARU or ARP', octets);
      const userData = abort.value.kind === 'aru' ? abort.value.value.userData : undefined;
      return [
        ppdu(abort.value.kind.toUpperCase(), print(AbortType, abort.value)),
        ...userDataFindings(userData, contexts),
      ];
    }
    default: {
      const userData = decode(UserData, octets);
      return userData.ok ? userDataFindings(userData.value, contexts) : opaque('user data', octets);
    }
  }
}

function connectFindings(octets: Uint8Array, contexts: SeenContexts): readonly Finding[] {
  const cp = decode(CPType, octets, { trailing: true });
  if (!cp.ok) return opaque('CP', octets);
  const { modeSelector, normalModeParameters } = cp.value;
  if (modeSelector.modeValue === 'x410-1984-mode') {
    contexts.x410 = true;
    return x410Findings('CP', 16, cp.value.x410ModeParameters);
  }
  for (const each of normalModeParameters?.presentationContextDefinitionList ?? []) {
    contexts.syntaxes.set(each.presentationContextIdentifier, each.abstractSyntaxName);
  }
  return [
    ppdu('CP', print(CPType, { ...cp.value, normalModeParameters: withoutUserData(normalModeParameters) })),
    ...userDataFindings(normalModeParameters?.userData, contexts),
  ];
}

function acceptFindings(octets: Uint8Array, contexts: SeenContexts): readonly Finding[] {
  const cpa = decode(CPAPPDU, octets, { trailing: true });
  if (!cpa.ok) return opaque('CPA', octets);
  const { modeSelector, normalModeParameters } = cpa.value;
  if (modeSelector.modeValue === 'x410-1984-mode')
    return x410Findings('CPA', 17, cpa.value.x410ModeParameters);
  return [
    ppdu(
      'CPA',
      print(CPAPPDU, { ...cpa.value, normalModeParameters: withoutUserData(normalModeParameters) }),
    ),
    ...userDataFindings(normalModeParameters?.userData, contexts),
  ];
}

/** User data are findings of their own. */
function withoutUserData<P extends { readonly userData?: UserData | undefined }>(parameters: P | undefined) {
  return parameters && { ...parameters, userData: undefined };
}

/** X.410-1984 mode: the PPDU has the bare components of an RTSE APDU; normal mode tags them `tag`. */
function x410Findings(
  name: string,
  tag: number,
  parameters: { readonly unknown?: readonly Raw[] } | undefined,
): readonly Finding[] {
  const components = concat((parameters?.unknown ?? []).map(rawOctets));
  const apdu = concat([elementHeader(0xa0 | tag, components.length), components]);
  return [ppdu(`${name}, X.410-1984 mode`, ''), ...rtseFindings(apdu)];
}

/** The piece of an APDU that an SSDU carries, and what else is in it. */
export function pieceOfApdu(
  ssdu: Uint8Array,
  contexts: SeenContexts,
): { readonly findings: readonly Finding[]; readonly octets?: Uint8Array } {
  if (contexts.x410) return { findings: [], octets: ssdu };
  const userData = decode(UserData, ssdu);
  if (!userData.ok) return { findings: opaque('user data', ssdu) };
  const findings: Finding[] = [];
  const pieces: Uint8Array[] = [];
  for (const { value } of valuesOf(userData.value)) {
    const apdu = decode(RTSEapdus, value);
    if (apdu.ok && apdu.value.kind === 'rttr') {
      pieces.push(apdu.value.value);
      findings.push(rtse('RTTR', [`${apdu.value.value.length} octets`]));
    } else {
      findings.push(...opaque('user data', value));
    }
  }
  return pieces.length === 0 ? { findings } : { findings, octets: concat(pieces) };
}

/** The APDU without the EXTERNAL that normal mode puts around it. */
export function unwrapped(octets: Uint8Array, contexts: SeenContexts): Finding {
  if (contexts.x410) return { kind: 'apdu', octets };
  const wrapping = decode(external(), octets);
  if (!wrapping.ok)
    return {
      kind: 'fault',
      layer: 'X.228',
      detail: `an APDU that is no EXTERNAL: ${wrapping.error.message}`,
    };
  const { encoding } = wrapping.value;
  if (encoding.kind === 'singleASN1Type') return { kind: 'apdu', octets: rawOctets(encoding.value) };
  return { kind: 'apdu', octets: encoding.kind === 'octetAligned' ? encoding.value : encoding.value.octets };
}

function userDataFindings(userData: UserData | undefined, contexts: SeenContexts): readonly Finding[] {
  if (userData === undefined) return [];
  return valuesOf(userData).flatMap(({ context, value }) => {
    const syntax = contexts.syntaxes.get(context) ?? usualSyntaxes.get(context);
    return syntax === ACSE_ABSTRACT_SYNTAX ? acseFindings(value) : rtseFindings(value);
  });
}

/** Where no CP was seen. */
const usualSyntaxes: ReadonlyMap<number, string> = new Map([
  [1, ACSE_ABSTRACT_SYNTAX],
  [3, mtsTransfer.rtseAbstractSyntax],
]);

function acseFindings(octets: Uint8Array): readonly Finding[] {
  const apdu = decode(ACSEapdu, octets);
  if (!apdu.ok) return opaque('ACSE APDU', octets);
  const { kind, value } = apdu.value;
  const found: Finding = {
    kind: 'pdu',
    layer: 'X.227',
    name: kind.toUpperCase(),
    detail: linesOf(print(ACSEapdu, { kind, value: { ...value, userInformation: undefined } } as ACSEapdu)),
  };
  const inside = (value.userInformation ?? []).flatMap(({ encoding }) =>
    encoding.kind === 'singleASN1Type' ? rtseFindings(rawOctets(encoding.value)) : [],
  );
  return [found, ...inside];
}

function rtseFindings(octets: Uint8Array): readonly Finding[] {
  const apdu = decode(RTSEapdus, octets);
  if (!apdu.ok) return opaque('RTSE APDU', octets);
  const found = rtse(apdu.value.kind.toUpperCase(), linesOf(print(RTSEapdus, apdu.value)));
  switch (apdu.value.kind) {
    case 'rtorq': {
      const data = apdu.value.value.connectionDataRQ;
      return data.kind === 'open' ? [found, bind('argument', rawOctets(data.value))] : [found];
    }
    case 'rtoac': {
      const data = apdu.value.value.connectionDataAC;
      return data.kind === 'open' ? [found, bind('result', rawOctets(data.value))] : [found];
    }
    case 'rtorj': {
      const data = apdu.value.value.userDataRJ;
      return data === undefined ? [found] : [found, bind('error', rawOctets(data))];
    }
    default:
      return [found];
  }
}

function bind(what: 'argument' | 'result' | 'error', octets: Uint8Array): Finding {
  return { kind: 'bind', what, octets };
}

function rtse(name: string, detail: readonly string[]): Finding {
  return { kind: 'pdu', layer: 'X.228', name, detail };
}

function ppdu(name: string, text: string): Finding {
  return { kind: 'pdu', layer: 'X.226', name, detail: linesOf(text) };
}

function opaque(name: string, octets: Uint8Array): readonly Finding[] {
  return [ppdu(`${name}, as plain BER`, printBer(octets))];
}

/** The values of a User-data; none where it is of a form that is not ours. */
function valuesOf(userData: UserData) {
  const values = receivedValues(userData);
  return values.ok ? values.value : [];
}
