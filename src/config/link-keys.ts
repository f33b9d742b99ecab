// The keys of a link to an adjacent MTA, and of a group of links. A table, as schema.ts, of which it is a
// part. Defaults are those of the old MTA, so that a migration keeps its behaviour.

import { z } from 'zod';

import { conversion } from './conversion-keys.ts';
import { defaulted, listKey, optional, required } from './key.ts';
import { entryName, host, ia5, mtaName, port } from './named-values.ts';
import { batch, schedule } from './schedule-keys.ts';
import { linkTls } from './tls-keys.ts';
import {
  arrivalTolerances,
  departureTolerances,
  guardedTolerances,
  stackTolerances,
  type ToleranceName,
} from './tolerances.ts';
import {
  addressRange,
  addressSpace,
  contentTypeName,
  duration,
  oneOf,
  selector,
  size,
  text,
  wholeNumber,
  yesOrNo,
} from './value-types.ts';

const live = 'live';

const password = text({ min: 1, max: 62, ...ia5 });

const peer = z.strictObject({
  mta: required(mtaName, { change: live, what: 'The MTA name that the peer presents. Case counts.' }),
  password: optional(password, {
    change: live,
    what: 'What the peer must present. Left out: its credentials are not looked at.',
  }),
  address: optional(host, {
    change: live,
    what: 'IP address or host name to call. Left out: the peer is never called, only answered.',
  }),
  port: defaulted(port, 102, { change: live, what: 'TCP port to call.' }),
  addresses: listKey(addressRange, {
    change: live,
    what:
      'IP addresses and ranges that the peer may call from. Empty: any. The peer is known by its bind, ' +
      'never by its address; this is one condition more.',
  }),
});

const credentials = z.strictObject({
  mta: optional(mtaName, {
    change: live,
    what: 'The MTA name that we present to this peer. Left out: mta.name.',
  }),
  password: optional(password, { change: live, what: 'The password that we present. Left out: none.' }),
});

const selectorSet = (whose: string) =>
  z.strictObject({
    transport: optional(selector(32), { change: live, what: `Transport selector of ${whose}.` }),
    session: optional(selector(16), { change: live, what: `Session selector of ${whose}.` }),
    presentation: optional(selector(32), {
      change: live,
      what: `Presentation selector of ${whose}. Normal mode only.`,
    }),
  });

const selectors = z.strictObject({
  local: selectorSet(
    'this MTA: calling when we call, the called one must equal it when the peer calls',
  ).prefault({}),
  remote: selectorSet(
    'the peer: called when we call, the calling one must equal it when the peer calls',
  ).prefault({}),
});

const space = z.strictObject({
  address: required(addressSpace, {
    change: live,
    what: 'Attributes that an O/R address must have to go this way.',
  }),
  cost: defaulted(wholeNumber({ min: 0, max: 1000 }), 1, {
    change: live,
    what: 'Among equally long matches the lower cost is taken.',
  }),
});

const restrictions = z.strictObject({
  priorities: listKey(oneOf(['urgent', 'normal', 'non-urgent']), {
    change: live,
    what: 'The only priorities that the link takes. Empty: all. Reports are never restricted.',
  }),
  contentTypes: listKey(contentTypeName, {
    change: live,
    what: 'The only content types that the link takes. Empty: all.',
  }),
  originators: z
    .strictObject({
      accept: listKey(addressSpace, {
        change: live,
        what: 'Whose messages the link takes: the originator lies in one of these spaces. Empty: anybody.',
      }),
      reject: listKey(addressSpace, {
        change: live,
        what: 'Whose messages the link does not take, though `accept` has them.',
      }),
    })
    .prefault({}),
});

const retry = z.strictObject({
  openInterval: defaulted(duration({ min: '100ms', max: '1d' }), '600s', {
    change: live,
    what: 'Delay before the next call after one that failed.',
  }),
  backoff: defaulted(oneOf(['fixed', 'exponential']), 'fixed', {
    change: live,
    what:
      'fixed: openInterval after every failed call. exponential: openIntervalFirst after the first, twice ' +
      'as long after each further one, at most openInterval; openInterval at once where we refused the peer.',
  }),
  openIntervalFirst: defaulted(duration({ min: '100ms', max: '1d' }), '10s', {
    change: live,
    what: 'Delay after the first failed call where backoff is exponential.',
  }),
  openRetries: defaulted(wholeNumber({ min: 0, max: 100_000 }), 144, {
    change: live,
    what: 'Failed calls after which the link counts as unhealthy and alternates are taken.',
  }),
  transferInterval: defaulted(duration({ min: '100ms', max: '1d' }), '120s', {
    change: live,
    what: 'Delay before the next transfer of a message after one that failed.',
  }),
  transferRetries: defaulted(wholeNumber({ min: 0, max: 100_000 }), 2, {
    change: live,
    what: 'Failed transfers of one message after which alternates are taken for it.',
  }),
});

const perKiB = duration({ min: '1ms', max: '1d' });
const transferTimePerKiB = z.strictObject({
  urgent: defaulted(perKiB, '1000s', { change: live, what: 'Time for each KiB of an urgent message.' }),
  normal: defaulted(perKiB, '2000s', { change: live, what: 'Time for each KiB of a normal message.' }),
  nonUrgent: defaulted(perKiB, '3000s', { change: live, what: 'Time for each KiB of a non-urgent message.' }),
});

const rts = z.strictObject({
  checkpoint: defaulted(size({ min: '0', max: '1GiB', multipleOf: 1024 }), '30KiB', {
    change: live,
    what: 'Octets between two checkpoints that we propose and offer; 0 for none.',
  }),
  window: defaulted(wholeNumber({ min: 1, max: 255 }), 5, {
    change: live,
    what: 'Unconfirmed checkpoints that we propose and offer.',
  }),
  recoveryTimeout: defaulted(duration({ min: '0s', max: '7d' }), '60s', {
    change: live,
    what: 'How long a broken transfer may be resumed before it begins anew.',
  }),
  dialogue: defaulted(oneOf(['any', 'monologue', 'two-way-alternate']), 'any', {
    change: live,
    what:
      'Dialogue mode. any: monologue is proposed, and taken is what the peer proposes. two-way-alternate: ' +
      'both ends send over one association; a peer without address gets its mail only so.',
  }),
  transferTimePerKiB: transferTimePerKiB.prefault({}),
});

const associations = z.strictObject({
  max: defaulted(wholeNumber({ min: 1, max: 1000 }), 10, {
    change: live,
    what: 'Most associations of this link; where there are several, one is for urgent messages and reports.',
  }),
  threshold: defaulted(wholeNumber({ min: 1, max: 1_000_000 }), 50, {
    change: live,
    what: 'Queued messages for each further association; one that transfers hold up for 5 s gets one too.',
  }),
  lifetime: defaulted(duration({ min: '0s', max: '7d' }), '300s', {
    change: live,
    what: 'How long an idle association of ours is kept open.',
  }),
  disconnect: defaulted(duration({ min: '1s', max: '1h' }), '120s', {
    change: live,
    what: 'How long a release or abort may take before the connection is cut.',
  }),
});

const timers = z.strictObject({
  connect: defaulted(duration({ min: '100ms', max: '10m' }), '30s', {
    change: live,
    what: 'How long a TCP connection may take to stand.',
  }),
  open: defaulted(duration({ min: '1s', max: '1h' }), '60s', {
    change: live,
    what: 'From the TCP connection to the answered bind when we call.',
  }),
  activity: defaulted(duration({ min: '1s', max: '1d' }), '180s', {
    change: live,
    what: 'Silence of the peer while its answer is due or a message of its is under way.',
  }),
  idle: defaulted(duration({ min: '1s', max: '7d' }), '1h', {
    change: live,
    what: 'How long a caller may keep an association open with nothing in transfer.',
  }),
});

const toleranceKeys = (what: Readonly<Record<string, string>>, on: boolean) =>
  Object.fromEntries(
    Object.entries(what).map(([name, text]) => [name, defaulted(yesOrNo, on, { change: live, what: text })]),
  ) as Record<ToleranceName, ReturnType<typeof defaulted<boolean>>>;

const tolerances = z.strictObject({
  ...toleranceKeys(arrivalTolerances, true),
  ...toleranceKeys(stackTolerances, true),
  ...toleranceKeys(guardedTolerances, false),
  ...toleranceKeys(departureTolerances, false),
});

export const linkSchema = z.strictObject({
  name: required(entryName, { change: live, what: 'Name of the link in commands, events and metrics.' }),
  peer,
  credentials: credentials.prefault({}),
  mode: defaulted(oneOf(['normal', 'x410-1988', 'x410-1984']), 'normal', {
    change: live,
    what: 'Protocol stack: 1988 normal mode, 1988 over X.410 mode, or 1984.',
  }),
  contentDowngrade: defaulted(oneOf(['none', 'p2']), 'none', {
    change: live,
    what:
      'Mode x410-1984 only. none: contents go as they came, P22 too. p2: P22 contents go out as P2, for ' +
      'users of 1984 who read no other. What has no form in P2, or is longer than 1 MiB, is returned to ' +
      'its sender, and kept in a dump; it is never sent another way.',
  }),
  conversion: conversion.prefault({}),
  selectors: selectors.prefault({}),
  addressSpaces: z.array(space).prefault([]),
  sameDomain: defaulted(yesOrNo, false, {
    change: live,
    what: 'Whether the peer is an MTA of our own domain: then internal trace, and no external trace.',
  }),
  holdDeferred: defaulted(yesOrNo, false, {
    change: live,
    what:
      'Whether messages that come by this link are held until their deferred delivery time. false: that is ' +
      'left to the MTA of the originator (X.411), and they go on at once. true: as agreed with this peer.',
  }),
  enabled: defaulted(yesOrNo, true, { change: live, what: 'false: neither called nor answered.' }),
  maxMessageSize: defaulted(size({ min: '1KiB', max: '2147483647' }), '2147483647', {
    change: live,
    what: 'Largest content on this link, either way; larger messages are returned or refused.',
  }),
  schedule: schedule.prefault({}),
  batch: batch.prefault({}),
  retry: retry.prefault({}),
  restrictions: restrictions.prefault({}),
  rts: rts.prefault({}),
  associations: associations.prefault({}),
  timers: timers.prefault({}),
  tls: linkTls.optional(),
  tolerances: tolerances.prefault({}),
});

export const groupSchema = z.strictObject({
  name: required(entryName, { change: live, what: 'Name of the group, in the explanation of routes.' }),
  links: listKey(entryName, {
    change: live,
    what: 'The links of the group: each of them serves its address spaces, whichever works and costs least.',
  }),
  addressSpaces: z.array(space).prefault([]),
});
