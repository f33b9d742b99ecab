// The MTA bind (X.411 12.1, X.419): who calls, and whether that is a peer of ours. A caller is known by what
// it says in its bind (MTA name, credentials, selectors), never by reverse DNS. Pure: the verdict is a value,
// with the refusal for the wire and the event for the log. Passwords are compared in constant time and never
// leave.

import { ctx, decode, encode, type Type } from '../asn1/index.ts';
import { equalOctets, equalSecrets, fromLatin1, toHex } from '../base/octets.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CredentialsConfiguration, LinkConfiguration } from '../config/index.ts';
import type { EventFields, EventName } from '../events/index.ts';
import {
  MTABindArgument,
  MTABindError,
  MTABindResult,
  type Credentials,
  passwordOctets,
  simpleCredentials,
} from '../p1/index.ts';
import type { LayerSelectors, RTIndication, RTRefuse } from '../stack/rtse/service.ts';
import { neverServes } from './link-schedule.ts';

type OpenIndication = Extract<RTIndication, { kind: 'RTOPENind' }>;
type BindErrorName = Extract<MTABindError, string>;

/** Why a caller is not let in: what it is told, and what the operator is told. */
export interface BindRefusal {
  readonly refuse: RTRefuse;
  readonly event: EventName;
  /** Fields of the event, `remote` excepted. */
  readonly fields: EventFields;
}

/** What an open in X.410-1984 mode says of the P1 that follows (X.228 9). */
export const applicationProtocols = { 'x410-1988': 12, 'x410-1984': 1 } as const;

// In normal mode the bind rides as [16] argument, [17] result, [18] error; in X.410 mode bare (X.419, X.228).
const boundArgument = ctx(16, MTABindArgument);
const boundResult = ctx(17, MTABindResult);
const boundError = ctx(18, MTABindError);

/** The octets of our bind argument for a link. */
export function bindArgumentOctets(
  own: CredentialsConfiguration,
  mode: LinkConfiguration['mode'],
): Uint8Array {
  const value: MTABindArgument = {
    kind: 'authenticated',
    value: { initiatorName: own.mta, initiatorCredentials: ownCredentials(own) },
  };
  return mode === 'normal' ? encode(boundArgument, value) : encode(MTABindArgument, value);
}

/** The octets of our bind result for a link. */
export function bindResultOctets(own: CredentialsConfiguration, mode: OpenIndication['mode']): Uint8Array {
  const value: MTABindResult = {
    kind: 'authenticated',
    value: { responderName: own.mta, responderCredentials: ownCredentials(own) },
  };
  return mode === 'normal' ? encode(boundResult, value) : encode(MTABindResult, value);
}

/** The refusal of a bind with an MTABindError (X.411 12.1.2). */
export function bindErrorRefusal(error: BindErrorName): RTRefuse {
  return { kind: 'bind-error', userData: encode(boundError, error) };
}

/** The name of the MTABindError in a refusal's user data, for the log. */
export function bindErrorName(userData: Uint8Array): string {
  const error = decode(boundError, userData);
  return error.ok ? String(error.value) : `unreadable (${toHex(userData.subarray(0, 16))})`;
}

/** X.410-1984 mode has no bind errors: a refuse reason of RTSE stands for each (X.228 9). */
export function refusalInMode(refuse: RTRefuse, mode: OpenIndication['mode']): RTRefuse {
  if (mode === 'normal' || refuse.kind !== 'bind-error') return refuse;
  switch (bindErrorName(refuse.userData)) {
    case 'busy':
      return { kind: 'rts-busy' };
    case 'unacceptable-dialogue-mode':
      return { kind: 'unacceptable-dialogue-mode' };
    default:
      return { kind: 'validation-failure' };
  }
}

/** Finds the link that a caller's bind belongs to, or says why there is none. */
export function identifyCaller(
  links: readonly LinkConfiguration[],
  open: OpenIndication,
): Result<LinkConfiguration, BindRefusal> {
  const argument = readBound(boundArgument, MTABindArgument, open);
  if (argument === undefined || argument.kind !== 'authenticated') {
    const got = argument === undefined ? `unreadable ${toHex(open.userData.subarray(0, 32))}` : 'no name';
    const fields = { path: 'MTABindArgument', expected: 'an authenticated bind', got };
    return err(refusal('bind-malformed', undefined, fields));
  }
  const { initiatorName, initiatorCredentials } = argument.value;
  const named = links.filter((link) => link.peer.mta === initiatorName);
  if (named.length === 0)
    return err(nameRefusal(links, { name: initiatorName, credentials: initiatorCredentials }, modeOf(open)));
  const called = named.filter((link) => selectorMismatch(link, open) === undefined);
  // One peer may have a link for each mode.
  const selected = called.find((link) => link.mode === modeOf(open)) ?? called.at(0);
  if (selected === undefined) return err(selectorRefusal(named[0], open));
  return checkLink(selected, open, initiatorCredentials);
}

/** Whether a recover bind may go on with the activities of this link; it carries no name and no password. */
export function recovers(link: LinkConfiguration, open: OpenIndication): boolean {
  const { dialogue } = link.rts;
  if (neverServes(link) || !modeRecovers(link.mode, open)) return false;
  if (dialogue !== 'any' && dialogue !== open.dialogueMode) return false;
  return selectorMismatch(link, open) === undefined;
}

/** In X.410-1984 mode a recover bind need not say which P1 follows: that of the lost association does. */
function modeRecovers(mode: LinkConfiguration['mode'], open: OpenIndication): boolean {
  if (open.mode === 'normal' || open.applicationProtocol !== undefined) return modeOf(open) === mode;
  return mode !== 'normal';
}

/** What an initiator finds wrong with the responder's bind result; undefined if it is the peer we wanted. */
export function checkResponder(
  link: LinkConfiguration,
  userData: Uint8Array,
): Pick<BindRefusal, 'event' | 'fields'> | undefined {
  const result = link.mode === 'normal' ? decode(boundResult, userData) : decode(MTABindResult, userData);
  if (!result.ok || result.value.kind !== 'authenticated') {
    const fields = {
      path: 'MTABindResult',
      expected: 'an authenticated result',
      got: 'none that is readable',
    };
    return { event: 'bind-malformed', fields: { ...fields, link: link.name, peer: link.peer.mta } };
  }
  const { responderName, responderCredentials } = result.value.value;
  if (responderName !== link.peer.mta) {
    return { event: 'wrong-mta-name', fields: nameFields(link, responderName) };
  }
  if (!passwordFits(link.peer.password, responderCredentials)) {
    return { event: 'wrong-password', fields: { link: link.name, peer: responderName, direction: 'out' } };
  }
  return undefined;
}

/** Whether some link answers a call to these selectors, those of `layers` and no others. */
export function answersSelectors(
  links: readonly LinkConfiguration[],
  called: LayerSelectors,
  layers: readonly (keyof LayerSelectors)[],
): boolean {
  return links.some(({ selectors: { local } }) =>
    layers.every((layer) => selectorFits(local[layer], called[layer])),
  );
}

function ownCredentials(own: CredentialsConfiguration): Credentials {
  return simpleCredentials(fromLatin1(own.password ?? ''));
}

function readBound(
  normal: Type<MTABindArgument>,
  bare: Type<MTABindArgument>,
  open: OpenIndication,
): MTABindArgument | undefined {
  const argument = decode(open.mode === 'normal' ? normal : bare, open.userData);
  return argument.ok ? argument.value : undefined;
}

/** A name that no link has: with the password of one it is that link's peer under a wrong name. */
function nameRefusal(links: readonly LinkConfiguration[], shown: Shown, mode: string): BindRefusal {
  const samePassword = links.find(
    (link) => link.peer.password !== undefined && passwordFits(link.peer.password, shown.credentials),
  );
  return samePassword === undefined
    ? refusal('inbound-unknown-peer', undefined, { peer: shown.name, presented: shown.name, mode })
    : refusal('wrong-mta-name', samePassword, nameFields(samePassword, shown.name));
}

interface Shown {
  readonly name: string;
  readonly credentials: Credentials;
}

function nameFields(link: LinkConfiguration, presented: string): EventFields {
  return { link: link.name, peer: presented, expected: link.peer.mta, presented };
}

function checkLink(
  link: LinkConfiguration,
  open: OpenIndication,
  shown: Credentials,
): Result<LinkConfiguration, BindRefusal> {
  if (!passwordFits(link.peer.password, shown)) {
    return err(refusal('wrong-password', link, { direction: 'in' }));
  }
  // Of an entry with errors nothing else counts: the peer is told to come again.
  const wrong = link.faults?.at(0);
  if (wrong !== undefined) {
    const key = `errors in the configuration, line ${wrong.line}`;
    return err({ ...refusal('link-disabled', link, { key }), refuse: bindErrorRefusal('busy') });
  }
  const mode = modeOf(open);
  if (mode !== link.mode) {
    const refused = refusal('mode-mismatch', link, { expected: link.mode, got: mode });
    return err({ ...refused, refuse: { kind: 'mode-not-served' } });
  }
  if (neverServes(link)) {
    const key = link.enabled ? 'schedule.style: never' : 'enabled: false, or a command';
    return err({ ...refusal('link-disabled', link, { key }), refuse: bindErrorRefusal('busy') });
  }
  const { dialogue } = link.rts;
  if (dialogue !== 'any' && dialogue !== open.dialogueMode) {
    const fields = { expected: dialogue, got: open.dialogueMode };
    const refused = refusal('dialogue-mismatch', link, fields);
    return err({ ...refused, refuse: bindErrorRefusal('unacceptable-dialogue-mode') });
  }
  return ok(link);
}

/** The mode a caller opened in, in words for the log where it is none of ours. */
function modeOf(open: OpenIndication): string {
  if (open.mode === 'normal') return 'normal';
  // X.410: P1 where it says nothing.
  const { applicationProtocol = applicationProtocols['x410-1984'] } = open;
  if (applicationProtocol === applicationProtocols['x410-1988']) return 'x410-1988';
  return applicationProtocol === applicationProtocols['x410-1984']
    ? 'x410-1984'
    : `x410 with application protocol ${applicationProtocol}`;
}

function passwordFits(expected: string | undefined, shown: Credentials): boolean {
  if (expected === undefined) return true;
  const presented = passwordOctets(shown);
  return presented !== undefined && equalSecrets(presented, fromLatin1(expected));
}

interface SelectorMismatch {
  readonly layer: keyof LayerSelectors;
  readonly which: 'called' | 'calling';
  readonly expected: string;
  readonly got: string;
}

function selectorMismatch(link: LinkConfiguration, open: OpenIndication): SelectorMismatch | undefined {
  const { called, calling } = open.selectors;
  for (const layer of ['transport', 'session', 'presentation'] as const) {
    const found =
      mismatchAt(layer, 'called', [link.selectors.local[layer], called[layer]]) ??
      mismatchAt(layer, 'calling', [link.selectors.remote[layer], calling[layer]]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mismatchAt(
  layer: SelectorMismatch['layer'],
  which: SelectorMismatch['which'],
  [expected, got]: readonly [Uint8Array | undefined, Uint8Array | undefined],
): SelectorMismatch | undefined {
  if (selectorFits(expected, got)) return undefined;
  return { layer, which, expected: selectorText(expected), got: selectorText(got) };
}

/** A selector that was called: the layer that has it says so. One of the caller: it is not who it says. */
function selectorRefusal(link: LinkConfiguration, open: OpenIndication): BindRefusal {
  const mismatch = selectorMismatch(link, open);
  const refused = refusal('selector-mismatch', link, { ...mismatch });
  if (mismatch?.which === 'called') {
    return { ...refused, refuse: { kind: 'called-selector-unknown', layer: mismatch.layer } };
  }
  const userData = encode(boundError, 'authentication-error');
  return { ...refused, refuse: { kind: 'bind-error', userData, caller: 'address-not-recognized' } };
}

function selectorFits(expected: Uint8Array | undefined, got: Uint8Array | undefined): boolean {
  return expected === undefined || (got !== undefined && equalOctets(expected, got));
}

/** A selector as the configuration writes it: text where it is printable, else hex. */
export function selectorText(selector: Uint8Array | undefined): string {
  if (selector === undefined) return 'absent';
  const printable = selector.length > 0 && selector.every((octet) => octet > 0x20 && octet < 0x7f);
  return printable ? String.fromCharCode(...selector) : `hex:${toHex(selector)}`;
}

function refusal(event: EventName, link: LinkConfiguration | undefined, fields: EventFields): BindRefusal {
  const known = link === undefined ? {} : { link: link.name, peer: link.peer.mta };
  return { event, fields: { ...known, ...fields }, refuse: bindErrorRefusal('authentication-error') };
}
