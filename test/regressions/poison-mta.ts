// A test double of the program: one MTA with its real store, whose delivery kills the process on a certain
// recipient. Submits once where asked to; says 'idle' when nothing but what is set aside is left.
import { systemClock } from '../../src/net/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { DumpDirectory, InHandFile, openSqliteStore } from '../../src/store/index.ts';
import { MessageTransferAgent } from '../../src/transfer/index.ts';
import { arrivingMessage, configured, domainNamed, envelopeOf } from '../support/transfer.ts';

const [directory, submits] = process.argv.slice(2);
const store = await openSqliteStore({ directory });
const clock = systemClock();
const agent = new MessageTransferAgent({
  configuration: configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: ${directory} }
deliver: [ { addressSpace: "/P=X/A= /C=GB/", users: any, directory: ${directory}/delivered } ]
`),
  store,
  clock,
  network: { dial: () => () => undefined },
  emit: (name, fields) => console.log(JSON.stringify({ name, ...fields })),
  random: seededRandom(1),
  owner: `${process.pid}`,
  identifier: () => ({ globalDomainIdentifier: domainNamed('X'), localIdentifier: 'r' }),
  delivery: () => ({
    deliver: async (copy) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (copy.recipients.some(({ address }) => address.includes('poison'))) process.abort();
      return copy.recipients.map(({ number }) => ({ kind: 'delivered', recipient: number, at: clock.now() }));
    },
  }),
  inHand: new InHandFile(directory),
  dumps: new DumpDirectory(directory),
});
if (submits === 'submit') {
  // Before anything is taken up, so that all of it is in hand together.
  for (const name of ['one', 'poison', 'two']) {
    const to = `/S=${name}/P=X/A= /C=GB/`;
    const result = await agent.submit(arrivingMessage(envelopeOf([{ to }]), { from: 'here' }));
    if (!result.ok) throw new Error(JSON.stringify(result));
  }
}
await agent.start();
for (;;) {
  const left = await store.list({});
  if (left.every(({ state }) => state === 'quarantined')) break;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await agent.stop(clock.now());
await store.close();
console.log('idle');
