// The HTTP API by injected requests on a fake MTA: who is let in, what is answered, what is said of a bad
// request.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { parseORAddress } from '../address/index.ts';
import { instant } from '../base/time.ts';
import { fakeCopy, fakeOperations } from './fake-operations.test.ts';
import { adminApp, EventCounters, readToken, startAdminServer, submissionMediaType } from './index.ts';

const token = 'f'.repeat(64);
const authorization = `Bearer ${token}`;

function place(openMetrics = false) {
  const operations = fakeOperations();
  const events: { name: string; fields: object }[] = [];
  const counters = new EventCounters();
  const options = {
    address: '127.0.0.1',
    port: 0,
    openMetrics,
    tokenFile: '/nowhere',
    version: '0',
    operations,
    counters,
    emit: (name: string, fields: object) => void events.push({ name, fields }),
    now: () => instant(10_000),
  };
  return { operations, events, counters, options, app: adminApp(options, token) };
}

const paths = [
  ['GET', '/api/v1/queue'],
  ['GET', '/api/v1/queue/1'],
  ['GET', '/api/v1/queue/1/apdu'],
  ['POST', '/api/v1/queue/commands'],
  ['GET', '/api/v1/links'],
  ['POST', '/api/v1/links/odd/enable'],
  ['POST', '/api/v1/messages'],
  ['GET', '/api/v1/track'],
  ['GET', '/api/v1/route/explain?address=/C=GB/'],
  ['GET', '/api/v1/events'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1'],
  ['GET', '/api/v1/no-such-thing'],
  ['GET', '/api/v1/health/'],
  ['GET', '/api//v1/links'],
  ['GET', '/metrics'],
] as const;

function addressOf(text: string) {
  const address = parseORAddress(text);
  assert.ok(address.ok);
  return address.value;
}

test('everything but the console and the health answers 401 without the right token', async () => {
  const { app } = place();
  const headers = [{}, { authorization: 'Bearer x' }, { authorization: token }, { authorization: 'Bearer ' }];
  for (const [method, url] of paths) {
    for (const wrong of headers) {
      const answer = await app.inject({ method, url, headers: wrong });
      assert.equal(answer.statusCode, 401, `${method} ${url}`);
      assert.equal(answer.json().error, 'unauthorized');
    }
  }
  assert.equal((await app.inject('/api/v1/health')).json().status, 'ok');
});

test('a wrong token is reported, and is not in the report', async () => {
  const { app, events } = place();
  await app.inject({ url: '/api/v1/links?token=secret', headers: { authorization: 'Bearer guess' } });
  assert.equal(events[0].name, 'admin-unauthorized');
  assert.doesNotMatch(JSON.stringify(events), /guess|secret/);
});

test('the console is one page without data, which may load nothing from elsewhere', async () => {
  const { app } = place();
  const page = await app.inject('/');
  assert.equal(page.statusCode, 200);
  assert.match(String(page.headers['content-type']), /^text\/html/);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'/);
  assert.doesNotMatch(page.body, /MTA-A|src=|https?:/);
});

test('submission: JSON, or one line of JSON and the octets as they are', async () => {
  const { app, operations } = place();
  const body = { from: '/C=GB/', to: ['/C=FR/'], text: 'hello', count: 2, deferred: '2031-01-31T12:00:00Z' };
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/messages',
    headers: { authorization },
    payload: body,
  });
  assert.equal(answer.statusCode, 201);
  assert.deepEqual(answer.json(), [
    { mtsIdentifier: '/P=A/A= /C=GB/;0' },
    { mtsIdentifier: '/P=A/A= /C=GB/;1' },
  ]);
  assert.equal(operations.submitted[0].count, 2);
  assert.equal(operations.submitted[0].request.report, 'non-delivery-report');
  assert.equal(operations.submitted[0].request.deferred, Date.UTC(2031, 0, 31, 12));

  const head = JSON.stringify({ from: '/C=GB/', to: ['/C=FR/'], contentType: '2.6.1.10.1' });
  const octets = Buffer.from([0, 10, 255, 10]);
  const second = await app.inject({
    method: 'POST',
    url: '/api/v1/messages',
    headers: { authorization, 'content-type': submissionMediaType },
    payload: Buffer.concat([Buffer.from(`${head}\n`), octets]),
  });
  assert.equal(second.statusCode, 201);
  assert.deepEqual(Buffer.from(operations.submitted[1].request.content ?? []), octets);
});

test('what is wrong with a request is answered in JSON', async () => {
  const { app } = place();
  const post = (payload: object | string, type = 'application/json') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/messages',
      headers: { authorization, 'content-type': type },
      payload,
    });
  for (const [payload, message] of [
    [{ to: ['x'] }, /from/],
    [{ from: 'x', to: [] }, /to/],
    [{ from: 'x', to: ['y'], deferred: 'tomorrow' }, /ISO 8601/],
    [{ from: 'x', to: ['y'], priority: 'high' }, /priority/],
    [{ from: 'bad', to: ['y'] }, /no O\/R address/],
    ['{', /JSON/],
  ] as const) {
    const answer = await post(payload);
    assert.equal(answer.statusCode, 400, JSON.stringify(payload));
    assert.equal(answer.json().error, 'invalid');
    assert.match(answer.json().message, message);
  }
  assert.equal((await post('no JSON\nxx', submissionMediaType)).statusCode, 400);
  assert.equal((await post('null\nxx', submissionMediaType)).statusCode, 400);
  assert.equal((await app.inject({ url: '/api/v1/nothing', headers: { authorization } })).statusCode, 404);
  assert.equal((await app.inject({ url: '/nothing' })).statusCode, 404);
});

test('the queue is listed in pages, shown, commanded and exported', async () => {
  const { app, operations, events } = place();
  const headers = { authorization };
  for (let copy = 1; copy <= 2500; copy += 1) operations.copies.push(fakeCopy(copy));
  const page = (await app.inject({ url: '/api/v1/queue?limit=10&link=odd&after=3', headers })).json();
  assert.deepEqual(
    page.copies.map((copy: { copy: number }) => copy.copy),
    [5, 7, 9, 11, 13, 15, 17, 19, 21, 23],
  );
  assert.equal(page.after, 23);
  assert.equal(page.copies[0].acceptedAt, '1970-01-01T00:00:01.000Z');
  assert.equal((await app.inject({ url: '/api/v1/queue?limit=5000', headers })).statusCode, 400);
  assert.equal((await app.inject({ url: '/api/v1/queue/7', headers })).json().copy, 7);
  assert.equal((await app.inject({ url: '/api/v1/queue/9999', headers })).statusCode, 404);

  const command = (payload: object) =>
    app.inject({ method: 'POST', url: '/api/v1/queue/commands', headers, payload });
  const held = await command({ command: 'hold', search: { link: 'odd' } });
  assert.equal(held.json().outcomes.length, 1250);
  assert.deepEqual(
    operations.commands.map((each) => each.copies.length),
    [1000, 250],
  );
  assert.equal(events.at(-1)?.name, 'admin-command');
  await command({ command: 'reroute', copies: [1], link: 'even' });
  assert.deepEqual(operations.commands.at(-1), { copies: [1], command: { kind: 'reroute', link: 'even' } });
  await command({ command: 'defer', copies: [1], until: '1970-01-01T00:10:00Z' });
  assert.deepEqual(operations.commands.at(-1)?.command, { kind: 'defer', until: instant(600_000) });
  await command({ command: 'return', copies: [1], text: 'not today' });
  assert.deepEqual(operations.commands.at(-1)?.command, { kind: 'return', text: 'not today' });
  const to = '/S=right/P=B/A= /C=GB/';
  const recipient = '/S=wrong/P=B/A= /C=GB/';
  await command({ command: 'redirect', copies: [1], to, recipient, sameRecipient: true, note: 'by phone' });
  assert.deepEqual(operations.commands.at(-1)?.command, {
    kind: 'redirect',
    to: addressOf(to),
    recipient: addressOf(recipient),
    sameRecipient: true,
    note: 'by phone',
  });
  await command({ command: 'redirect', search: { link: 'odd' }, to, recipient });
  assert.equal(operations.commands.at(-1)?.copies.length, 1250, 'all that was found before anything is done');
  for (const wrong of [
    { command: 'redirect', copies: [1] },
    { command: 'redirect', copies: [1], to: 'nobody' },
    { command: 'redirect', copies: [1], to, recipient: 'nobody' },
    { command: 'redirect', search: { link: 'odd' }, to },
    { command: 'redirect', copies: [1], to, note: 'two\nlines' },
    { command: 'redirect', copies: [1], to, text: 'x' },
    { command: 'reroute', copies: [1], to },
    { command: 'hold' },
    { command: 'hold', search: {} },
    { command: 'burn', copies: [1] },
    { command: 'defer', copies: [1] },
    { command: 'defer', copies: [1], until: 'tomorrow' },
    { command: 'hold', copies: [1], until: '2031-01-31' },
    { command: 'return', copies: [1], text: '' },
    { command: 'return', copies: [1], text: 'x'.repeat(257) },
    { command: 'return', copies: [1], text: 'naïve' },
    { command: 'priority', copies: [1] },
    { command: 'priority', copies: [1], priority: 'urgent', text: 'x' },
  ]) {
    assert.equal((await command(wrong)).statusCode, 400, JSON.stringify(wrong));
  }
  const apdu = await app.inject({ url: '/api/v1/queue/1/apdu', headers });
  assert.deepEqual([...apdu.rawPayload], [1, 2, 3]);
});

test('links, routes and events', async () => {
  const { app, operations } = place();
  const headers = { authorization };
  const get = async (url: string) => (await app.inject({ url, headers })).json();
  assert.equal((await get('/api/v1/links'))[0].nextAttemptAt, '1970-01-01T00:00:05.000Z');
  assert.equal((await get('/api/v1/links/odd')).openAttempts, 7);
  assert.deepEqual((await get('/api/v1/links/odd')).waitsFor, {
    for: 'schedule',
    until: '1970-01-01T00:00:06.000Z',
  });
  assert.equal((await get('/api/v1/links/none')).error, 'not-found');
  const connect = await app.inject({ method: 'POST', url: '/api/v1/links/odd/connect', headers });
  assert.equal(connect.json().name, 'odd');
  const post = (verb: string, payload: object) =>
    app.inject({ method: 'POST', url: `/api/v1/links/odd/${verb}`, headers, payload });
  assert.equal((await post('delay', { for: '5m' })).statusCode, 200);
  assert.deepEqual(operations.linkCommands, [{ kind: 'connect' }, { kind: 'delay', for: 300_000 }]);
  assert.equal((await post('delay', {})).statusCode, 400);
  assert.equal((await get('/api/v1/route/explain?address=%2FC%3DGB%2F')).recipient, '/C=GB/');
  assert.equal((await get('/api/v1/events/9215')).name, 'connect-failed');
  assert.ok((await get('/api/v1/events')).length > 50);
  assert.equal((await get('/api/v1/events/4711')).error, 'not-found');
});

test('the description names every path', async () => {
  const { app } = place();
  const described = (await app.inject({ url: '/api/v1/openapi.json', headers: { authorization } })).json();
  const known = Object.keys(described.paths);
  for (const path of [
    '/api/v1/messages',
    '/api/v1/queue/{copy}/apdu',
    '/api/v1/links/{name}/enable',
    '/metrics',
  ]) {
    assert.ok(known.includes(path), path);
  }
});

test('metrics: gauges of the queue and the links, counters of events', async () => {
  const { app, counters } = place(true);
  counters.count('transfer-in', { link: 'odd', octets: 100 });
  counters.count('transfer-in', { link: 'odd', octets: 20 });
  const page = (await app.inject('/metrics')).body;
  assert.match(page, /chappe_queue_copies\{next_hop="link\/odd",priority="normal",state="queued"\} 3/);
  assert.match(page, /chappe_queue_oldest_seconds\{.*\} 10/);
  assert.match(page, /chappe_link_healthy\{link="odd"\} 0/);
  assert.match(page, /chappe_events_total\{event="272",name="transfer-in",severity="info",link="odd"\} 2/);
  assert.match(page, /chappe_transferred_octets_total\{link="odd",direction="in"\} 120/);
  assert.match(page, /process_cpu_seconds_total/);
});

test('it listens, makes a token that only its owner reads, and keeps it', async (t: TestContext) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-admin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const tokenFile = join(directory, 'store', 'admin.token');
  const first = await startAdminServer({ ...place().options, tokenFile });
  assert.ok(first.ok);
  assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
  const made = readToken(tokenFile);
  const url = `http://127.0.0.1:${first.value.port}/api/v1/links`;
  assert.equal((await fetch(url)).status, 401);
  assert.equal((await fetch(url, { headers: { authorization: `Bearer ${made}` } })).status, 200);
  const taken = await startAdminServer({ ...place().options, tokenFile, port: first.value.port });
  assert.ok(!taken.ok && /EADDRINUSE/.test(taken.error.message));
  await first.value.close();
  assert.equal(readFileSync(tokenFile, 'utf8').trim(), made);
});
