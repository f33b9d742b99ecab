// PPDUs, ACSE and RTSE APDUs as findings, from the user data of an SPDU. What a presentation context is for
// is known from the CP that was seen, or taken for the usual one where none was. X.410-1984 mode has no
// PPDUs but those of the opening: there the octets are the user's own.

import {
  decode,
  elementHeader,
  external,
  print,
  printBer,
  type Raw,
  rawOctets,
} from '../../../asn1/index.ts';
import { concat } from '../../../base/octets.ts';
import { ACSEapdu } from '../../acse/apdu.ts';
import { ACSE_ABSTRACT_SYNTAX } from '../../acse/service.ts';
import { AbortType, CPAPPDU, CPRPPDU, CPType, UserData } from '../../presentation/ppdu.ts';
import { receivedValues } from '../../presentation/user-data.ts';
import { RTSEapdus } from '../../rtse/apdu.ts';
import type { SpduKind } from '../../session/spdu.ts';
import { mtsTransfer } from '../mts-transfer.ts';
import { type DissectedLayer, type Finding, linesOf } from './finding.ts';

/** What was learnt from the opening of this connection. */
export interface SeenContexts {
  readonly syntaxes: Map<number, string>;
  x410: boolean;
  /** Whether a CN was seen: where none was, the mode is told by the first data. */
  opened: boolean;
  /** Application protocol of X.410-1984 mode: 1 is P1 of 1984, 12 that of 1988 (X.419). */
  applicationProtocol: number | undefined;
}

const p1Of1984 = 1;
const p1Of1988 = 12;

/** Which P1 the opening agreed on. */
export function yearOf({ x410, opened, applicationProtocol }: SeenContexts): '1984' | '1988' | undefined {
  if (!opened) return undefined;
  if (!x410) return '1988';
  // X.410 has no parameter for it but 1 by default (X.410 3.2.1).
  if ((applicationProtocol ?? p1Of1984) === p1Of1984) return '1984';
  return applicationProtocol === p1Of1988 ? '1988' : undefined;
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
      if (!cpr.ok) return wrong('X.226', 'CPR', { octets, why: cpr.error.message });
      const userData = cpr.value.kind === 'normalModeParameters' ? cpr.value.value.userData : undefined;
      if (cpr.value.kind === 'x400ModeParameters') {
        return x410Findings({ name: 'CPR', tag: 18 }, cpr.value.value, contexts);
      }
      return [ppdu('CPR', print(CPRPPDU, cpr.value)), ...userDataFindings(userData, contexts)];
    }
    case 'AB': {
      const abort = decode(AbortType, octets);
      if (!abort.ok) return wrong('X.226', 'ARU or ARP', { octets, why: abort.error.message });
      const userData = abort.value.kind === 'aru' ? abort.value.value.userData : undefined;
      return [
        ppdu(abort.value.kind.toUpperCase(), print(AbortType, abort.value)),
        ...userDataFindings(userData, contexts),
      ];
    }
    default: {
      const userData = decode(UserData, octets);
      if (userData.ok) return userDataFindings(userData.value, contexts);
      if (contexts.x410) return rtseFindings(octets, contexts);
      return wrong('X.226', 'user data', { octets, why: userData.error.message });
    }
  }
}

function connectFindings(octets: Uint8Array, contexts: SeenContexts): readonly Finding[] {
  contexts.opened = true;
  const cp = decode(CPType, octets, { trailing: true });
  if (!cp.ok) return wrong('X.226', 'CP', { octets, why: cp.error.message });
  const { modeSelector, normalModeParameters } = cp.value;
  if (modeSelector.modeValue === 'x410-1984-mode') {
    contexts.x410 = true;
    return x410Findings({ name: 'CP', tag: 16 }, cp.value.x410ModeParameters, contexts);
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
  if (!cpa.ok) return wrong('X.226', 'CPA', { octets, why: cpa.error.message });
  const { modeSelector, normalModeParameters } = cpa.value;
  if (modeSelector.modeValue === 'x410-1984-mode')
    return x410Findings({ name: 'CPA', tag: 17 }, cpa.value.x410ModeParameters, contexts);
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
  { name, tag }: { readonly name: string; readonly tag: number },
  parameters: { readonly unknown?: readonly Raw[] } | undefined,
  contexts: SeenContexts,
): readonly Finding[] {
  const components = concat((parameters?.unknown ?? []).map(rawOctets));
  const apdu = concat([elementHeader(0xa0 | tag, components.length), components]);
  return [ppdu(`${name}, X.410-1984 mode`, ''), ...rtseFindings(apdu, contexts)];
}

/** The piece of an APDU that an SSDU carries, and what else is in it. */
export function pieceOfApdu(
  ssdu: Uint8Array,
  contexts: SeenContexts,
): { readonly findings: readonly Finding[]; readonly octets?: Uint8Array } {
  if (contexts.x410) return { findings: [], octets: ssdu };
  const userData = decode(UserData, ssdu);
  if (!userData.ok && !contexts.opened) {
    // Data of X.410-1984 mode: nothing around them, and no opening was seen that would say so.
    contexts.x410 = true;
    return { findings: [], octets: ssdu };
  }
  if (!userData.ok) {
    return { findings: wrong('X.226', 'user data', { octets: ssdu, why: userData.error.message }) };
  }
  const findings: Finding[] = [];
  const pieces: Uint8Array[] = [];
  for (const { value } of valuesOf(userData.value)) {
    const apdu = decode(RTSEapdus, value);
    if (apdu.ok && apdu.value.kind === 'rttr') {
      pieces.push(apdu.value.value);
      findings.push(rtse('RTTR', [`${apdu.value.value.length} octets`]));
    } else {
      const why = apdu.ok ? `expected an RTTR, got ${apdu.value.kind}` : apdu.error.message;
      findings.push(...wrong('X.228', 'RTTR', { octets: value, why }));
    }
  }
  return pieces.length === 0 ? { findings } : { findings, octets: concat(pieces) };
}

/** The APDU without the EXTERNAL that normal mode puts around it. */
export function unwrapped(octets: Uint8Array, contexts: SeenContexts): Finding {
  const year = yearOf(contexts);
  if (contexts.x410) return { kind: 'apdu', octets, year };
  const wrapping = decode(external(), octets);
  if (!wrapping.ok)
    return {
      kind: 'fault',
      layer: 'X.228',
      detail: `an APDU that is no EXTERNAL: ${wrapping.error.message}`,
    };
  const { encoding } = wrapping.value;
  if (encoding.kind === 'singleASN1Type') return { kind: 'apdu', octets: rawOctets(encoding.value), year };
  const inside = encoding.kind === 'octetAligned' ? encoding.value : encoding.value.octets;
  return { kind: 'apdu', octets: inside, year };
}

function userDataFindings(userData: UserData | undefined, contexts: SeenContexts): readonly Finding[] {
  if (userData === undefined) return [];
  return valuesOf(userData).flatMap(({ context, value }) => {
    const syntax = contexts.syntaxes.get(context) ?? usualSyntaxes.get(context);
    return syntax === ACSE_ABSTRACT_SYNTAX ? acseFindings(value, contexts) : rtseFindings(value, contexts);
  });
}

/** Where no CP was seen. */
const usualSyntaxes: ReadonlyMap<number, string> = new Map([
  [1, ACSE_ABSTRACT_SYNTAX],
  [3, mtsTransfer.rtseAbstractSyntax],
]);

function acseFindings(octets: Uint8Array, contexts: SeenContexts): readonly Finding[] {
  const apdu = decode(ACSEapdu, octets);
  if (!apdu.ok) return wrong('X.227', 'ACSE APDU', { octets, why: apdu.error.message });
  const { kind, value } = apdu.value;
  const found: Finding = {
    kind: 'pdu',
    layer: 'X.227',
    name: kind.toUpperCase(),
    detail: linesOf(print(ACSEapdu, { kind, value: { ...value, userInformation: undefined } } as ACSEapdu)),
  };
  const inside = (value.userInformation ?? []).flatMap(({ encoding }) =>
    encoding.kind === 'singleASN1Type' ? rtseFindings(rawOctets(encoding.value), contexts) : [],
  );
  return [found, ...inside];
}

function rtseFindings(octets: Uint8Array, contexts: SeenContexts): readonly Finding[] {
  const apdu = decode(RTSEapdus, octets);
  if (!apdu.ok) return wrong('X.228', 'RTSE APDU', { octets, why: apdu.error.message });
  const found = rtse(apdu.value.kind.toUpperCase(), linesOf(print(RTSEapdus, apdu.value)));
  switch (apdu.value.kind) {
    case 'rtorq': {
      contexts.applicationProtocol = apdu.value.value.applicationProtocol;
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

/** What is wrong and why, then what the octets are all the same. */
function wrong(
  layer: DissectedLayer,
  name: string,
  { octets, why }: { readonly octets: Uint8Array; readonly why: string },
): readonly Finding[] {
  const fault: Finding = { kind: 'fault', layer, detail: `${name}: ${why}` };
  return [fault, ppdu(`${name}, as plain BER`, printBer(octets))];
}

/** The values of a User-data; none where it is of a form that is not ours. */
function valuesOf(userData: UserData) {
  const values = receivedValues(userData);
  return values.ok ? values.value : [];
}
