// A process that commits until it is killed, for the test of what survives: 16 callers each secure three
// messages and finish one of them, and say on stdout what was acknowledged. `node commit-storm.ts
// DIRECTORY`.

import { writeSync } from 'node:fs';

import { hop, message, messageWith, noon } from '../compliance-fixtures.ts';
import { openSqliteStore, type Store } from '../index.ts';

function say(word: string, copy: number): void {
  writeSync(1, `${word} ${copy}\n`);
}

async function secure(store: Store, serial: number): Promise<number> {
  const content = { kind: 'inline', octets: new Uint8Array(serial % 50 === 0 ? 5000 : 700) } as const;
  const create = [serial % 3 === 0 ? messageWith({ notBefore: noon }, { content }) : message({ content })];
  const result = await store.commit({ create });
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  const [copy] = result.created[0].copies;
  say('secured', copy);
  return copy;
}

async function caller(store: Store): Promise<void> {
  for (let serial = 1; ; serial += 3) {
    const copy = await secure(store, serial);
    await Promise.all([secure(store, serial + 1), secure(store, serial + 2)]);
    say('finishing', copy);
    const act = {
      at: noon,
      act: 'transferred-out',
      kind: 'message',
      originator: '',
      recipients: [hop],
    } as const;
    const tracking = [{ ...act, mtsIdentifier: `copy ${copy}`, detail: { finished: copy } }];
    const result = await store.commit({ finish: [copy], tracking });
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    say('finished', copy);
  }
}

const store = await openSqliteStore({ directory: process.argv[2], inlineOctetsMax: 4000 });
await Promise.all(Array.from({ length: 16 }, () => caller(store)));
