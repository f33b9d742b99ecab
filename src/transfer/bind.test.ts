// Who calls (X.411 12.1, X.419): every refusal with its event and its MTABindError, and who is let in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { configured, open } from '../../test/support/transfer.ts';
import { ctx, decode, encode } from '../asn1/index.ts';
import { fromLatin1 } from '../base/octets.ts';
import { type LinkConfiguration, parseConfigurationAroundErrors } from '../config/index.ts';
import { type Credentials, MTABindArgument, MTABindError } from '../p1/index.ts';
import type { RTIndication } from '../stack/rtse/service.ts';
import {
  answersSelectors,
  bindArgumentOctets,
  bindErrorName,
  bindErrorRefusal,
  bindResultOctets,
  checkResponder,
  identifyCaller,
  recovers,
  selectorText,
} from './bind.ts';

type Open = Extract<RTIndication, { kind: 'RTOPENind' }>;

const { links } = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:
  - name: plain
    peer: { mta: MTA-B, password: b-secret, address: b }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=B/A= /C=GB/", cost: 1 } ]
  - name: trusting
    peer: { mta: MTA-T, address: t }
    credentials: { mta: MTA-X }
    addressSpaces: [ { address: "/P=T/A= /C=GB/", cost: 1 } ]
  - name: selected
    peer: { mta: MTA-S, password: s-secret, address: s }
    credentials: { mta: MTA-X }
    selectors: { local: { transport: OURS, session: "hex:0001" }, remote: { transport: THEIRS } }
    addressSpaces: [ { address: "/P=S/A= /C=GB/", cost: 1 } ]
  - name: other-selected
    peer: { mta: MTA-S, password: s-secret, address: s }
    credentials: { mta: MTA-X }
    selectors: { local: { transport: OTHER } }
    addressSpaces: [ { address: "/P=S2/A= /C=GB/", cost: 1 } ]
  - name: off
    peer: { mta: MTA-OFF, password: off-secret, address: o }
    credentials: { mta: MTA-X }
    enabled: false
    addressSpaces: [ { address: "/P=O/A= /C=GB/", cost: 1 } ]
  - name: never
    peer: { mta: MTA-NEVER, password: never-secret, address: n }
    credentials: { mta: MTA-X }
    schedule: { style: never }
    addressSpaces: [ { address: "/P=N/A= /C=GB/", cost: 1 } ]
  - name: strict
    peer: { mta: MTA-STRICT, password: strict-secret, address: d }
    credentials: { mta: MTA-X }
    rts: { dialogue: monologue }
    addressSpaces: [ { address: "/P=D/A= /C=GB/", cost: 1 } ]
`);

function link(name: string): LinkConfiguration {
  const found = links.find((each) => each.name === name);
  assert.ok(found !== undefined);
  return found;
}

function shown(credentials: Credentials, mta = 'MTA-B'): Uint8Array {
  return encode(ctx(16, MTABindArgument), {
    kind: 'authenticated',
    value: { initiatorName: mta, initiatorCredentials: credentials },
  });
}

test('a caller with its name, its password and fitting selectors is let in', () => {
  const found = identifyCaller(links, open('MTA-B', 'b-secret'));
  assert.ok(found.ok);
  assert.equal(found.value.name, 'plain');
});

test('a password may come as an IA5String or as an OCTET STRING, and is compared by its octets', () => {
  for (const kind of ['ia5String', 'octetString'] as const) {
    const value = kind === 'ia5String' ? 'b-secret' : fromLatin1('b-secret');
    const userData = shown({ kind: 'simple', value: { kind, value } as never });
    assert.ok(identifyCaller(links, open('MTA-B', '', { userData })).ok, kind);
  }
});

test('where no password is configured the credentials are not looked at', () => {
  assert.ok(identifyCaller(links, open('MTA-T', 'whatever')).ok);
});

test('selectors choose among the links of one MTA: called is ours, calling theirs where it is set', () => {
  const at = (called: string, calling?: string) => ({
    called: { transport: fromLatin1(called), session: Uint8Array.of(0, 1) },
    calling: calling === undefined ? {} : { transport: fromLatin1(calling) },
  });
  const selected = identifyCaller(links, open('MTA-S', 's-secret', { selectors: at('OURS', 'THEIRS') }));
  assert.ok(selected.ok && selected.value.name === 'selected');
  const other = identifyCaller(links, open('MTA-S', 's-secret', { selectors: at('OTHER') }));
  assert.ok(other.ok && other.value.name === 'other-selected');
});

const refusals: readonly {
  readonly why: string;
  readonly open: Open;
  readonly event: string;
  readonly error: string;
  readonly fields: Readonly<Record<string, string>>;
}[] = [
  {
    why: 'octets that are no bind argument',
    open: open('MTA-B', 'b-secret', { userData: Uint8Array.of(1, 2, 3) }),
    event: 'bind-malformed',
    error: 'authentication-error',
    fields: { path: 'MTABindArgument' },
  },
  {
    why: 'an unauthenticated bind',
    open: open('MTA-B', '', {
      userData: encode(ctx(16, MTABindArgument), { kind: 'unauthenticated', value: null }),
    }),
    event: 'bind-malformed',
    error: 'authentication-error',
    fields: { got: 'no name' },
  },
  {
    why: 'a name that nobody has',
    open: open('MTA-Q', 'guess'),
    event: 'inbound-unknown-peer',
    error: 'authentication-error',
    fields: { presented: 'MTA-Q', mode: 'normal' },
  },
  {
    why: 'the password of a link under another name',
    open: open('MTA-b', 'b-secret'),
    event: 'wrong-mta-name',
    error: 'authentication-error',
    fields: { link: 'plain', expected: 'MTA-B', presented: 'MTA-b' },
  },
  ...['b-secreT', 'b-secre', 'b-secrett', 'b-secretb-secret', ''].map((password) => ({
    why: `the wrong password "${password}"`,
    open: open('MTA-B', password),
    event: 'wrong-password',
    error: 'authentication-error',
    fields: { link: 'plain', peer: 'MTA-B', direction: 'in' },
  })),
  {
    why: 'strong credentials where a password is expected',
    open: open('MTA-B', '', { userData: shown({ kind: 'strong', value: {} }) }),
    event: 'wrong-password',
    error: 'authentication-error',
    fields: { link: 'plain' },
  },
  {
    why: 'a called selector that is not ours',
    open: open('MTA-S', 's-secret', {
      selectors: { called: { transport: fromLatin1('WRONG') }, calling: {} },
    }),
    event: 'selector-mismatch',
    error: 'called-selector-unknown',
    fields: { layer: 'transport', which: 'called', expected: 'OURS', got: 'WRONG' },
  },
  {
    why: 'another mode than the link has',
    open: open('MTA-B', '', {
      mode: 'x410-1984',
      applicationProtocol: 12,
      userData: bindArgumentOctets({ mta: 'MTA-B', password: 'b-secret' }, 'x410-1988'),
    }),
    event: 'mode-mismatch',
    error: 'mode-not-served',
    fields: { expected: 'normal', got: 'x410-1988' },
  },
  {
    why: 'a link that is switched off',
    open: open('MTA-OFF', 'off-secret'),
    event: 'link-disabled',
    error: 'busy',
    fields: { link: 'off', key: 'enabled: false, or a command' },
  },
  {
    why: 'a link whose schedule says never',
    open: open('MTA-NEVER', 'never-secret'),
    event: 'link-disabled',
    error: 'busy',
    fields: { link: 'never', key: 'schedule.style: never' },
  },
  {
    why: 'a dialogue that the link does not have',
    open: open('MTA-STRICT', 'strict-secret', { dialogueMode: 'two-way-alternate' }),
    event: 'dialogue-mismatch',
    error: 'unacceptable-dialogue-mode',
    fields: { expected: 'monologue', got: 'two-way-alternate' },
  },
];

for (const { why, open: indication, event, error, fields } of refusals) {
  test(`refused: ${why}`, () => {
    const found = identifyCaller(links, indication);
    assert.ok(!found.ok);
    assert.equal(found.error.event, event);
    const { refuse } = found.error;
    assert.equal(refuse.kind === 'bind-error' ? bindErrorName(refuse.userData) : refuse.kind, error);
    for (const [name, value] of Object.entries(fields)) assert.equal(found.error.fields[name], value, name);
    assert.doesNotMatch(JSON.stringify(found.error.fields), /secret/, 'a password never leaves');
  });
}

test('the peer of a link whose entry has errors is told to come again, whatever of it could be read', () => {
  const read = parseConfigurationAroundErrors(
    `mta: { name: MTA-X, domain: { country: GB } }
links:
  - { name: faulty, peer: { mta: MTA-F, password: 7 }, mode: x410, rts: { dialogue: none } }
  - { name: other, peer: { mta: MTA-F, password: f-secret }, mode: x410-1984 }
`,
    'x.yaml',
  );
  assert.ok(read.ok);
  const refused = identifyCaller(
    read.value.configuration.links,
    open('MTA-F', 'any', { dialogueMode: 'two-way-alternate' }),
  );
  assert.ok(!refused.ok);
  assert.deepEqual(refused.error.refuse, bindErrorRefusal('busy'));
  const { event, fields } = refused.error;
  assert.deepEqual([event, fields.link], ['link-disabled', 'faulty']);
  assert.equal(fields.key, 'errors in the configuration, line 3');
  const userData = bindArgumentOctets({ mta: 'MTA-F', password: 'f-secret' }, 'x410-1984');
  const called = { mode: 'x410-1984', applicationProtocol: 1, userData } as const;
  const welcome = identifyCaller(read.value.configuration.links, open('MTA-F', '', called));
  assert.ok(welcome.ok && welcome.value.name === 'other', 'a good link of the same peer is known before it');
});

test('whatever octets come as a bind, the answer is a verdict', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (userData) => {
      assert.equal(identifyCaller(links, open('MTA-B', '', { userData })).ok, false);
      assert.notEqual(checkResponder(link('plain'), userData), undefined);
      assert.equal(typeof bindErrorName(userData), 'string');
    }),
  );
});

test('a responder must answer under the name and with the password of the peer', () => {
  const answer = (mta: string, password: string): Uint8Array => bindResultOctets({ mta, password }, 'normal');
  const plain = link('plain');
  assert.equal(checkResponder(plain, answer('MTA-B', 'b-secret')), undefined);
  assert.equal(checkResponder(plain, answer('MTA-C', 'b-secret'))?.event, 'wrong-mta-name');
  const wrong = checkResponder(plain, answer('MTA-B', 'x-secret'));
  assert.equal(wrong?.event, 'wrong-password');
  assert.equal(wrong?.fields.direction, 'out');
  assert.equal(checkResponder(plain, Uint8Array.of(5, 0))?.event, 'bind-malformed');
});

test('every MTABindError has its name in the log, and an unreadable one says so', () => {
  const refuse = bindErrorRefusal('busy');
  assert.ok(refuse.kind === 'bind-error');
  assert.ok(decode(ctx(18, MTABindError), refuse.userData).ok);
  assert.equal(bindErrorName(refuse.userData), 'busy');
  assert.match(bindErrorName(Uint8Array.of(0xff)), /^unreadable/);
});

test('a call to a transport selector is answered where some link has it, or has none', () => {
  const strict = [link('selected'), link('other-selected')];
  const answers = (among: typeof links, transport?: string): boolean =>
    answersSelectors(among, { transport: transport === undefined ? undefined : fromLatin1(transport) }, [
      'transport',
    ]);
  assert.equal(answers(strict, 'OURS'), true);
  assert.equal(answers(strict, 'OTHER'), true);
  assert.equal(answers(strict, 'NONE'), false);
  assert.equal(answers(strict), false);
  assert.equal(answers(links), true);
  assert.equal(answers([], 'OURS'), false);
});

test('selectors are written as the configuration has them', () => {
  assert.equal(selectorText(undefined), 'absent');
  assert.equal(selectorText(fromLatin1('X400')), 'X400');
  assert.equal(selectorText(Uint8Array.of(0, 1)), 'hex:0001');
  assert.equal(selectorText(new Uint8Array()), 'hex:');
});

test('a recover bind goes on in the mode of its link; X.410-1984 mode need not say which P1 follows', () => {
  const bind = (more: Partial<Open>): Open =>
    open('MTA-B', 'b-secret', {
      userData: new Uint8Array(0),
      recover: { callingUserReference, commonReference },
      ...more,
    });
  const callingUserReference = Uint8Array.of(1);
  const commonReference = Uint8Array.of(2);
  const x410 = { mode: 'x410-1984' } as const;
  const opens: Record<string, Open> = {
    normal: bind({}),
    silent: bind(x410),
    'x410-1988': bind({ ...x410, applicationProtocol: 12 }),
    'x410-1984': bind({ ...x410, applicationProtocol: 1 }),
    other: bind({ ...x410, applicationProtocol: 3 }),
  };
  const fits = {
    normal: ['normal'],
    'x410-1988': ['silent', 'x410-1988'],
    'x410-1984': ['silent', 'x410-1984'],
  } as const;
  for (const [mode, expected] of Object.entries(fits)) {
    const of = { ...link('plain'), mode: mode as LinkConfiguration['mode'] };
    const taken = Object.keys(opens).filter((name) => recovers(of, opens[name]));
    assert.deepEqual(taken, expected, mode);
    assert.ok(!recovers({ ...of, enabled: false }, opens[expected[0]]));
    const never = { ...of, schedule: { ...of.schedule, style: 'never' as const } };
    assert.ok(!recovers(never, opens[expected[0]]));
  }
});
