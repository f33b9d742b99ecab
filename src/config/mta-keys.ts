// The keys of the MTA itself: its name and domain, how long messages stay, what is accepted at most. A table,
// as schema.ts, of which it is a part.

import { z } from 'zod';

import { defaulted, optional, required } from './key.ts';
import { mtaName } from './named-values.ts';
import { duration, size, text, wholeNumber } from './value-types.ts';

const live = 'live';
const restart = 'restart';

const printable = { pattern: /^[A-Za-z0-9 '()+,\-./:=?]*$/, form: "letters, digits, space and '()+,-./:=?" };

const country = text({
  min: 2,
  max: 3,
  pattern: /^(?:[A-Za-z]{2}|[0-9]{3})$/,
  form: 'two letters or three digits',
});
const domainName = text({ min: 1, max: 16, ...printable });

const domain = z.strictObject({
  country: required(country, { change: restart, what: 'Country of our domain, ISO 3166 or X.121.' }),
  admd: defaulted(domainName, ' ', { change: restart, what: 'Our ADMD; one space where there is none.' }),
  prmd: optional(domainName, { change: restart, what: 'Our PRMD.' }),
});

const expiry = z.strictObject({
  urgent: defaulted(duration({ min: '1s', max: '45d' }), '2d', {
    change: live,
    what: 'How long an urgent message may be in our queue before it is returned.',
  }),
  normal: defaulted(duration({ min: '1s', max: '45d' }), '7d', {
    change: live,
    what: 'How long a normal message may be in our queue before it is returned.',
  }),
  nonUrgent: defaulted(duration({ min: '1s', max: '45d' }), '10d', {
    change: live,
    what: 'How long a non-urgent message may be in our queue before it is returned.',
  }),
});

const limits = z.strictObject({
  messageSize: defaulted(size({ min: '1KiB', max: '2147483647' }), '2147483647', {
    change: live,
    what: 'Largest content that is accepted, submitted or transferred in. ub-content-length of X.411.',
  }),
  recipients: defaulted(wholeNumber({ min: 1, max: 32767 }), 32767, {
    change: live,
    what: 'Most recipients of one message. ub-recipients of X.411.',
  }),
  returnedContent: defaulted(size({ min: '0', max: '16MiB' }), '256KiB', {
    change: live,
    what:
      'Largest content that comes back with a non-delivery report, where its originator asked for that. ' +
      'Longer ones are reported without. 0: no content ever comes back.',
  }),
  hops: defaulted(wholeNumber({ min: 1, max: 512 }), 30, {
    change: live,
    what: 'Most trace elements of what comes in, external or internal; more is taken for a loop.',
  }),
  inboundAssociations: defaulted(wholeNumber({ min: 1, max: 100_000 }), 1000, {
    change: live,
    what: 'Most associations that callers may have open at once, over all listeners.',
  }),
  tsduSize: defaulted(size({ min: '64KiB', max: '64MiB' }), '1MiB', {
    change: restart,
    what: 'Largest TSDU that is put together, so that a caller cannot fill the memory.',
  }),
  inboundOpen: defaulted(duration({ min: '1s', max: '1h' }), '60s', {
    change: live,
    what: 'How long a caller may take from the TCP connection to its answered bind.',
  }),
  inboundDisconnect: defaulted(duration({ min: '100ms', max: '1h' }), '5s', {
    change: live,
    what: 'How long a caller that was refused, aborted or released may keep its connection.',
  }),
});

const duplicates = z.strictObject({
  window: defaulted(duration({ min: '0s', max: '7d' }), '1h', {
    change: live,
    what: 'How long a message of a peer is remembered, so that it is taken once; 0s: not at all.',
  }),
  messages: defaulted(wholeNumber({ min: 0, max: 10_000_000 }), 50_000, {
    change: live,
    what: 'Most messages that are remembered, about 200 octets each; the oldest are forgotten first.',
  }),
});

export const mta = z.strictObject({
  name: required(mtaName, {
    change: restart,
    what: 'Our MTA name, in trace and towards peers. Case counts.',
  }),
  domain,
  expiry: expiry.prefault({}),
  limits: limits.prefault({}),
  duplicates: duplicates.prefault({}),
});
