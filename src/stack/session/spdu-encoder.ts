// Writes SPDUs (X.225 8.2): the parameters of its form in order, lengths short below 255 and `ff` with two
// octets above. User data are always last, so they follow the header as they are: no octet of them is
// copied. Invariant: a category 2 SPDU has its empty category 0 SPDU before it (basic concatenation).

import { assert } from '../../base/assert.ts';
import { totalOctets } from '../../base/octets.ts';

import type { ActivityLink, SessionConnectionIdentifier } from './service.ts';
import { PI, spduForms, USER_DATA_OCTETS_MAX } from './spdu.ts';
import type { ParameterName, SpduKind, SpduToSend } from './spdu.ts';

/** `01 00 01 00`: GIVE TOKENS and DATA TRANSFER without parameters. Never written to. */
const plainData = Uint8Array.of(1, 0, 1, 0);
const LENGTH_MAX = 0xffff;

/** The TSDU of one SPDU as pieces: its header, with the category 0 SPDU that is due, then the user data. */
export function encodeSpdu(spdu: SpduToSend): Uint8Array[] {
  const { kind, userData = [] } = spdu;
  if (kind === 'DT') return encodeData(spdu.enclosure, userData);
  const form = spduForms[kind];
  const octets = totalOctets(userData);
  const parameters = encodeParameters(spdu, octets);
  const header: number[] = form.after === undefined ? [] : [spduForms[form.after].code, 0];
  header.push(form.code);
  putLength(header, parameters.length + octets);
  for (const octet of parameters) header.push(octet);
  return [Uint8Array.from(header), ...userData];
}

/** The octets of a DT's header, with its GT, when it carries an enclosure item. */
export const SEGMENT_HEADER_OCTETS = 7;

function encodeData(enclosure: number | undefined, userData: readonly Uint8Array[]): Uint8Array[] {
  const header = enclosure === undefined ? plainData : Uint8Array.of(1, 0, 1, 3, PI.enclosure, 1, enclosure);
  return [header, ...userData];
}

/** All parameters; of the user data, if there are any, their identifier and length. */
function encodeParameters(spdu: SpduToSend, userDataOctets: number): number[] {
  const into: number[] = [];
  let group: number[] | undefined;
  for (const name of spduForms[spdu.kind].parameters) {
    if (isConnectAccept(spdu.kind, name)) {
      group ??= [];
      putParameter(group, spdu, name);
      continue;
    }
    if (group !== undefined) {
      if (group.length > 0) put(into, PI.connectAcceptItem, group);
      group = undefined;
    }
    if (name === 'userData') putUserDataHead(into, spdu.kind, userDataOctets);
    else if (name === 'reason' && spdu.kind === 'RF') putReasonHead(into, spdu.reason, userDataOctets);
    else putParameter(into, spdu, name);
  }
  return into;
}

function isConnectAccept(kind: SpduKind, name: ParameterName): boolean {
  if (kind !== 'CN' && kind !== 'AC') return false;
  return (
    name === 'protocolOptions' ||
    name === 'tsduMaximum' ||
    name === 'versions' ||
    name === 'initialSerialNumber' ||
    name === 'tokenSetting'
  );
}

function putParameter(into: number[], spdu: SpduToSend, name: ParameterName): void {
  switch (name) {
    case 'identifier':
      putIdentifier(into, spdu.kind, spdu.identifier);
      return;
    case 'tsduMaximum':
      if (spdu.tsduMaximum !== undefined) {
        const { toAcceptor, toInitiator } = spdu.tsduMaximum;
        put(into, PI.tsduMaximum, [...octets16(toAcceptor), ...octets16(toInitiator)]);
      }
      return;
    case 'requirements':
      if (spdu.requirements !== undefined) put(into, PI.requirements, octets16(spdu.requirements));
      return;
    case 'link':
      putLink(into, spdu.link);
      return;
    case 'initialSerialNumber':
    case 'serialNumber':
      if (spdu[name] !== undefined) put(into, PI[name], digits(spdu[name]));
      return;
    case 'activity':
    case 'reflected':
    case 'callingSelector':
    case 'calledSelector':
      if (spdu[name] !== undefined) put(into, PI[name], spdu[name]);
      return;
    case 'userData':
      return;
    default:
      if (spdu[name] !== undefined) put(into, PI[name], [spdu[name]]);
  }
}

function putIdentifier(into: number[], kind: SpduKind, identifier?: SessionConnectionIdentifier): void {
  if (identifier === undefined) return;
  const { userReference, commonReference, additionalReference } = identifier;
  const group: number[] = [];
  const user = kind === 'CN' ? PI.callingUserReference : PI.calledUserReference;
  if (userReference !== undefined) put(group, user, userReference);
  if (commonReference !== undefined) put(group, PI.commonReference, commonReference);
  if (additionalReference !== undefined) put(group, PI.additionalReference, additionalReference);
  if (group.length > 0) put(into, PI.connectionIdentifier, group);
}

function putLink(into: number[], link?: ActivityLink): void {
  if (link === undefined) return;
  const group: number[] = [];
  const old = link.oldConnection ?? {};
  if (old.calledUserReference !== undefined) put(group, PI.calledUserReference, old.calledUserReference);
  if (old.callingUserReference !== undefined) put(group, PI.callingUserReference, old.callingUserReference);
  if (old.commonReference !== undefined) put(group, PI.commonReference, old.commonReference);
  if (old.additionalReference !== undefined) put(group, PI.additionalReference, old.additionalReference);
  put(group, PI.activity, link.oldActivity);
  put(group, PI.serialNumber, digits(link.serialNumber));
  put(into, PI.linkingInformation, group);
}

function putUserDataHead(into: number[], kind: SpduKind, octets: number): void {
  if (octets === 0 || kind === 'RF') return;
  const extended = kind === 'CN' && octets > USER_DATA_OCTETS_MAX;
  into.push(kind === 'MIA' ? PI.miaUserData : extended ? PI.extendedUserData : PI.userData);
  putLength(into, octets);
}

/** X.225 8.3.5: the reason of an RF and the user data are one parameter. */
function putReasonHead(into: number[], reason = 0, userDataOctets: number): void {
  into.push(PI.reason);
  putLength(into, 1 + userDataOctets);
  into.push(reason);
}

function put(into: number[], identifier: number, value: ArrayLike<number>): void {
  into.push(identifier);
  putLength(into, value.length);
  for (let index = 0; index < value.length; index += 1) into.push(value[index]);
}

function putLength(into: number[], length: number): void {
  assert(length <= LENGTH_MAX, 'a length indicator has two octets');
  if (length < 0xff) into.push(length);
  else into.push(0xff, length >> 8, length & 0xff);
}

function octets16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

/** A serial number as its ASCII digits, without leading zeros (X.225 8.3.26). */
function digits(serialNumber: number): number[] {
  return Array.from(String(serialNumber), (digit) => digit.charCodeAt(0));
}
