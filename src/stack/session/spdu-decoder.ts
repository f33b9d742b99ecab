// Reads the SPDUs of a TSDU (X.225 8.2, 6.3.7). Any octets give SPDUs or a reason why they are none; nothing
// throws, and time and memory are bounded by the TSDU. Unknown parameters are passed over; lengths may be
// short or long; parameters may come in any order; an empty one counts as absent. User data are views.
//
// Codes that mean two things (1, 25, 26) are told apart by what goes before: they are DT, AI and AIA after a
// category 0 SPDU, GT, AB and AA at the beginning. 41 is AE, unless a sync type makes it MAJOR SYNC POINT.

import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

import type { ActivityLink, SessionConnectionIdentifier } from './service.ts';
import { PI, spduForms } from './spdu.ts';
import type { ReceivedSpdu, SpduCategory, SpduKind } from './spdu.ts';

/** Known codes of functional units that an MTA does not use, for the log. */
const foreign: ReadonlyMap<number, string> = new Map([
  [5, 'EXPEDITED DATA'],
  [7, 'PREPARE'],
  [33, 'TYPED DATA'],
  [34, 'RESYNCHRONIZE ACK'],
  [53, 'RESYNCHRONIZE'],
  [61, 'CAPABILITY DATA'],
  [62, 'CAPABILITY DATA ACK'],
]);

const kindOfCode: ReadonlyMap<number, SpduKind> = new Map(
  (Object.keys(spduForms) as SpduKind[])
    .filter((kind) => !['GT', 'PT', 'DT', 'AB', 'AA', 'AI', 'AIA'].includes(kind))
    .map((kind) => [spduForms[kind].code, kind]),
);

/** The SPDUs of one TSDU in order, without the empty category 0 SPDUs; or what is wrong with it. */
export function decodeTsdu(tsdu: Uint8Array): Result<ReceivedSpdu[], string> {
  if (isPlainData(tsdu, 0)) return ok([{ kind: 'DT', userData: tsdu.subarray(4) }]);
  if (tsdu.length === 0) return err('an empty TSDU');
  const spdus: ReceivedSpdu[] = [];
  let previous: SpduCategory | undefined;
  for (let at = 0; at < tsdu.length; ) {
    const frame = frameAt(tsdu, at);
    if (frame === undefined) return err(`the SPDU at ${at} goes beyond its TSDU`);
    const kind = kindAt(tsdu, at, previous);
    if (kind === undefined) return err(`SPDU code ${tsdu[at]} ${foreign.get(tsdu[at]) ?? 'unknown'}`);
    const parameters = decodeParameters(tsdu.subarray(frame.from, frame.to), kind);
    if (!parameters.ok) return parameters;
    const spdu = { kind, ...parameters.value };
    previous = spduForms[kind].category;
    if (kind === 'DT') {
      spdus.push({ ...spdu, userData: tsdu.subarray(frame.to) });
      return ok(spdus);
    }
    if (previous !== 0 || spdu.tokens !== undefined) spdus.push(spdu);
    at = frame.to;
  }
  return ok(spdus);
}

function isPlainData(tsdu: Uint8Array, at: number): boolean {
  return tsdu[at] === 1 && tsdu[at + 1] === 0 && tsdu[at + 2] === 1 && tsdu[at + 3] === 0;
}

/** Where the parameters of the SPDU or parameter at `at` begin and end; undefined if beyond the octets. */
function frameAt(octets: Uint8Array, at: number): { from: number; to: number } | undefined {
  let from = at + 2;
  let length = octets[at + 1];
  if (length === 0xff) {
    from = at + 4;
    length = (octets[at + 2] << 8) | octets[at + 3];
  }
  const to = from + length;
  return from <= octets.length && to <= octets.length ? { from, to } : undefined;
}

/**
 * The SPDU that the code at `at` means there. After a category 2 SPDU (extended concatenation) code 1
 * is a DT, unless it looks like the GT of a further pair: `01 00` before `01 00` or `01 03`, which no BER
 * value begins with.
 */
function kindAt(tsdu: Uint8Array, at: number, previous: SpduCategory | undefined): SpduKind | undefined {
  const code = tsdu[at];
  const afterTokens = previous === 0 || previous === 2;
  switch (code) {
    case 1: {
      const pair = tsdu[at + 1] === 0 && tsdu[at + 2] === 1 && (tsdu[at + 3] === 0 || tsdu[at + 3] === 3);
      return !afterTokens || (previous === 2 && pair) ? 'GT' : 'DT';
    }
    case 2:
      return 'PT';
    case 25:
      return afterTokens ? 'AI' : 'AB';
    case 26:
      return afterTokens ? 'AIA' : 'AA';
    default:
      return kindOfCode.get(code);
  }
}

/** Parameters while they are read. */
type Draft = { -readonly [Name in keyof Omit<ReceivedSpdu, 'kind'>]: ReceivedSpdu[Name] };
type References = {
  calledUserReference?: Uint8Array;
  callingUserReference?: Uint8Array;
  commonReference?: Uint8Array;
  additionalReference?: Uint8Array;
};

function decodeParameters(octets: Uint8Array, kind: SpduKind): Result<Draft, string> {
  const draft: Draft = {};
  const wrong = readParameters(octets, { kind, draft });
  if (wrong !== undefined) return err(wrong);
  if (kind === 'AE' && draft.syncType !== undefined) return err('MAJOR SYNC POINT');
  for (const name of spduForms[kind].mandatory) {
    if (draft[name] === undefined) return err(`${kind} without ${name}`);
  }
  return ok(draft);
}

/** Where parameters go. Groups hold no groups: those are passed over, so that depth is bounded. */
interface Target {
  readonly kind: SpduKind;
  readonly draft: Draft;
  readonly group?: true;
}

/** Reads parameters into the target's draft; returns what is wrong, if anything. */
function readParameters(octets: Uint8Array, into: Target): string | undefined {
  for (let at = 0; at < octets.length; ) {
    const frame = frameAt(octets, at);
    if (frame === undefined) return `parameter ${octets[at]} of ${into.kind} goes beyond it`;
    const value = octets.subarray(frame.from, frame.to);
    const wrong = readParameter(octets[at], value, into);
    if (wrong !== undefined) return wrong;
    at = frame.to;
  }
  return undefined;
}

function readParameter(identifier: number, value: Uint8Array, into: Target): string | undefined {
  const { draft } = into;
  switch (identifier) {
    case PI.connectionIdentifier:
      return into.group ? undefined : readIdentifier(value, draft);
    case PI.connectAcceptItem:
      return into.group ? undefined : readParameters(value, { ...into, group: true });
    case PI.linkingInformation:
      return into.group ? undefined : readLink(value, draft);
    case PI.userData:
    case PI.extendedUserData:
    case PI.miaUserData:
      draft.userData = value;
      return undefined;
    case PI.activity:
      draft.activity = value.slice();
      return undefined;
    case PI.reflected:
      draft.reflected = value.slice();
      return undefined;
    case PI.callingSelector:
      draft.callingSelector = value.slice();
      return undefined;
    case PI.calledSelector:
      draft.calledSelector = value.slice();
      return undefined;
    default:
      return value.length === 0 ? undefined : readNumber(identifier, value, into);
  }
}

/** The one-octet items, by identifier. */
const oneOctet = new Map<number, keyof Draft>([
  [PI.syncType, 'syncType'],
  [PI.tokens, 'tokens'],
  [PI.transportDisconnect, 'transportDisconnect'],
  [PI.protocolOptions, 'protocolOptions'],
  [PI.versions, 'versions'],
  [PI.enclosure, 'enclosure'],
  [PI.tokenSetting, 'tokenSetting'],
  [PI.dataOverflow, 'dataOverflow'],
]);

function readNumber(identifier: number, value: Uint8Array, { kind, draft }: Target): string | undefined {
  switch (identifier) {
    case PI.requirements:
      if (value.length !== 2) return `requirements of ${value.length} octets`;
      draft.requirements = (value[0] << 8) | value[1];
      return undefined;
    case PI.tsduMaximum:
      if (value.length !== 4) return `TSDU maximum of ${value.length} octets`;
      draft.tsduMaximum = {
        toAcceptor: (value[0] << 8) | value[1],
        toInitiator: (value[2] << 8) | value[3],
      };
      return undefined;
    case PI.initialSerialNumber:
    case PI.serialNumber: {
      const number = serialNumberIn(value);
      if (number === undefined) return `a serial number that is none in ${kind}`;
      if (identifier === PI.serialNumber) draft.serialNumber = number;
      else draft.initialSerialNumber = number;
      return undefined;
    }
    case PI.reason:
      draft.reason = value[0];
      if (kind === 'RF' && value.length > 1) draft.userData = value.subarray(1);
      return undefined;
    default:
      return readOneOctet(identifier, value, draft);
  }
}

function readOneOctet(identifier: number, value: Uint8Array, draft: Draft): string | undefined {
  const name = oneOctet.get(identifier);
  // X.225 8.2.8: a parameter that is not known is passed over, where that is tolerated.
  if (name === undefined) {
    draft.unknownParameter = identifier;
    return undefined;
  }
  if (value.length !== 1) return `${name} of ${value.length} octets`;
  Object.assign(draft, { [name]: value[0] });
  return undefined;
}

/** X.225 8.3.26: one to six decimal digits. */
function serialNumberIn(value: Uint8Array): number | undefined {
  if (value.length > 6) return undefined;
  let number = 0;
  for (const octet of value) {
    if (octet < 0x30 || octet > 0x39) return undefined;
    number = 10 * number + (octet - 0x30);
  }
  return number;
}

function readIdentifier(octets: Uint8Array, draft: Draft): string | undefined {
  const references: References = {};
  const wrong = readReferences(octets, references);
  if (wrong !== undefined) return wrong;
  const { calledUserReference, callingUserReference, ...common } = references;
  const userReference = calledUserReference ?? callingUserReference;
  draft.identifier = {
    ...(userReference !== undefined && { userReference }),
    ...common,
  } satisfies SessionConnectionIdentifier;
  return undefined;
}

function readLink(octets: Uint8Array, draft: Draft): string | undefined {
  const references: References = {};
  const rest: Draft = {};
  const wrong =
    readReferences(octets, references) ?? readParameters(octets, { kind: 'AR', draft: rest, group: true });
  if (wrong !== undefined) return wrong;
  const { activity: oldActivity, serialNumber } = rest;
  if (oldActivity === undefined || serialNumber === undefined) return 'an incomplete link';
  const oldConnection = Object.keys(references).length > 0 && { oldConnection: references };
  draft.link = { oldActivity, serialNumber, ...oldConnection } satisfies ActivityLink;
  return undefined;
}

function readReferences(octets: Uint8Array, into: References): string | undefined {
  for (let at = 0; at < octets.length; ) {
    const frame = frameAt(octets, at);
    if (frame === undefined) return `parameter ${octets[at]} goes beyond its group`;
    const value = octets.slice(frame.from, frame.to);
    if (octets[at] === PI.calledUserReference) into.calledUserReference = value;
    else if (octets[at] === PI.callingUserReference) into.callingUserReference = value;
    else if (octets[at] === PI.commonReference) into.commonReference = value;
    else if (octets[at] === PI.additionalReference) into.additionalReference = value;
    if (isReference(octets[at]) && value.length > 64) return `a reference of ${value.length} octets`;
    at = frame.to;
  }
  return undefined;
}

function isReference(identifier: number): boolean {
  return identifier >= PI.calledUserReference && identifier <= PI.additionalReference;
}
