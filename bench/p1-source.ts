// Sends messages from a process of its own: the counterpart of Postfix's smtp-source. Prints one JSON line
// when all are confirmed. With --transit, each message says when it left, for a p1-sink with --transit.
//
//   node bench/p1-source.ts --port 10102 --mta SOURCE --password s --count 5000 --associations 10 \
//     --size 2048 --to '/S=sink/P=SINK/A= /C=GB/' [--to …] [--transit]

import { parseArgs } from 'node:util';
import { MessageSource } from './source.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '10102' },
    mta: { type: 'string', default: 'SOURCE' },
    password: { type: 'string', default: 'source-secret' },
    count: { type: 'string', default: '1000' },
    associations: { type: 'string', default: '10' },
    size: { type: 'string', default: '2048' },
    to: { type: 'string', multiple: true, default: ['/S=sink/P=SINK/A= /C=GB/'] },
    transit: { type: 'boolean', default: false },
  },
});
const messages = Number(values.count);
const startedAt = performance.now();
try {
  const source = await MessageSource.open({
    port: Number(values.port),
    identity: { mta: values.mta, password: values.password },
    associations: Number(values.associations),
    contentOctets: Number(values.size),
    recipients: values.to,
    transit: values.transit,
  });
  await source.run(messages);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(JSON.stringify({ messages, seconds, perSecond: messages / seconds }));
  source.close();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
