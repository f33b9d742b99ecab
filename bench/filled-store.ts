// A store with as many messages queued for one link, and the record of how each came, filled through the
// store itself.

import { type Instant, instant } from '../src/base/time.ts';
import { type NewMessage, openSqliteStore, type TrackingRecord } from '../src/store/index.ts';

/** Messages of one transition. */
const at_once = 1000;
const now = instant(Date.now());
const expiresAt = (now + 7 * 86_400_000) as Instant;
const envelope = new Uint8Array(600).fill(7);
const octets = new Uint8Array(512).fill(9);

function message(serial: number): NewMessage {
  return {
    kind: 'message',
    mtsIdentifier: `/P=RELAY/A= /C=GB/;queued-${serial}`,
    priority: serial % 10 === 0 ? 'urgent' : 'normal',
    originator: '/S=source/P=SITE-A/A= /C=GB/',
    recipients: [`/S=sink${serial % 1000}/P=SITE-0/A= /C=GB/`],
    contentType: '2.6.1.10.1',
    contentLength: octets.length,
    acceptedAt: now,
    expiresAt,
    envelope,
    content: { kind: 'inline', octets },
    copies: [{ nextHop: 'link/dead', recipients: [0] }],
  };
}

function accepted(message: NewMessage, created: number): TrackingRecord {
  const { mtsIdentifier, kind, originator, recipients, priority, contentType, contentLength } = message;
  return {
    ...{
      at: now,
      act: 'transferred-in',
      mtsIdentifier,
      kind,
      originator,
      recipients,
      priority,
      contentLength,
    },
    ...(contentType !== undefined && { contentType }),
    created,
    detail: { link: 'site-a', peer: 'MTA-A', remote: '192.0.2.1:102', submittedAt: '2031-01-31T12:00:00Z' },
  };
}

/** Queues as many messages in the store of `directory`, which is made if it is not there. */
export async function fillStore(directory: string, count: number): Promise<void> {
  const store = await openSqliteStore({ directory });
  for (let first = 0; first < count; first += at_once) {
    const create = Array.from({ length: Math.min(at_once, count - first) }, (_, n) => message(first + n));
    const result = await store.commit({ create, tracking: create.map(accepted) });
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    if (process.stderr.isTTY) process.stderr.write(`\rqueued ${first + create.length}`);
  }
  await store.close();
}
