// One schema for every key of the configuration: its kind, unit, default, bounds, whether a change counts
// at once (live) or from the next start (restart), and what it is for. A table, not logic: relations
// between keys are in relations.ts. The keys of the MTA, of links and of what stands for recipients have
// tables of their own.

import { z } from 'zod';

import { alarms } from './alarm-keys.ts';
import { conversion } from './conversion-keys.ts';
import { defaulted, optional, required, usersKey } from './key.ts';
import { groupSchema, linkSchema } from './link-keys.ts';
import { mta } from './mta-keys.ts';
import { host, path, portOrAny } from './named-values.ts';
import { listSchema, redirectionSchema } from './recipient-keys.ts';
import { listenTls } from './tls-keys.ts';
import { addressSpace, duration, size, text, userAddress, yesOrNo } from './value-types.ts';

const live = 'live';
const restart = 'restart';

const deliverName = text({ min: 1, max: 200, pattern: /^\P{Cc}*$/u, form: 'printable characters' });

const listen = z.strictObject({
  address: defaulted(host, '127.0.0.1', {
    change: restart,
    what: 'IP address to listen on; 0.0.0.0 or "::" for all.',
  }),
  port: defaulted(portOrAny, 102, { change: restart, what: 'TCP port to listen on; 0 for any free one.' }),
  tls: listenTls.optional(),
});

const admin = z.strictObject({
  address: defaulted(host, '127.0.0.1', { change: restart, what: 'IP address of the HTTP API.' }),
  port: defaulted(portOrAny, 10480, {
    change: restart,
    what: 'TCP port of the HTTP API; 0 for any free one.',
  }),
  openMetrics: defaulted(yesOrNo, false, {
    change: restart,
    what: 'Whether /metrics is answered without the token.',
  }),
  tokenFile: optional(path, {
    change: restart,
    what: 'File of the bearer token, made at start. Left out: admin.token in the directory of the store.',
  }),
});

const store = z.strictObject({
  directory: defaulted(path, './data', {
    change: restart,
    what: 'Directory of the embedded store. Created if need be; one running MTA each.',
  }),
  inlineOctetsMax: defaulted(size({ min: '0', max: '16MiB' }), '64KiB', {
    change: restart,
    what: 'Content up to here lies in the database, larger content in a spool file of its own.',
  }),
  space: z
    .strictObject({
      low: defaulted(size({ min: '0', max: '16384GiB' }), '16MiB', {
        change: live,
        what: 'With less free on its disk nothing new is accepted; what is queued goes on. 0: never refuse.',
      }),
      high: defaulted(size({ min: '0', max: '16384GiB' }), '32MiB', {
        change: live,
        what: 'With so much free again everything is accepted.',
      }),
    })
    .prefault({}),
});

const tracking = z.strictObject({
  keep: defaulted(duration({ min: '1d', max: '3650d' }), '30d', {
    change: live,
    what:
      'How long tracking records are kept after the last act on a message; of a message in the queue all ' +
      'are. About 1.5 KB for each message of one recipient.',
  }),
});

const deliverSchema = z.strictObject({
  name: optional(deliverName, {
    change: live,
    what: 'Name of the space in the queue and in events. Left out: the address space.',
  }),
  addressSpace: required(addressSpace, { change: live, what: 'Addresses that are delivered here.' }),
  users: usersKey({
    change: live,
    what: 'any, or the list of the O/R addresses that exist; others of the space are unknown users.',
  }),
  directory: defaulted(path, './delivered', {
    change: live,
    what: 'Directory that messages are delivered into. Created if need be.',
  }),
  alternateRecipient: optional(userAddress, {
    change: live,
    what: 'Who gets what is for unknown users of the space, if the originator allowed alternate recipients.',
  }),
  conversion: conversion.prefault({}),
});

export const configurationSchema = z.strictObject({
  mta,
  listen: z.array(listen).prefault([{ address: '127.0.0.1', port: 10102 }]),
  admin: admin.prefault({}),
  store: store.prefault({}),
  tracking: tracking.prefault({}),
  alarms: alarms.prefault({}),
  links: z.array(linkSchema).prefault([]),
  groups: z.array(groupSchema).prefault([]),
  deliver: z.array(deliverSchema).prefault([]),
  redirections: z.array(redirectionSchema).prefault([]),
  lists: z.array(listSchema).prefault([]),
});

export type CheckedConfiguration = z.output<typeof configurationSchema>;
