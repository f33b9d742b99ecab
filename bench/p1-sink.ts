// Swallows messages in a process of its own: the counterpart of Postfix's smtp-sink. Prints one JSON line
// when `--count` messages have come (or on SIGTERM), { messages, octets, seconds, perSecond } from the first
// to the last, and with --transit how long they were under way since a p1-source with --transit sent them.
// With --names, answers as each of these MTAs on a port of its own; the first line of output lists the ports.
// With --control, standard input says one number a line: when so many messages have come, a report of them is
// printed.
//
//   node bench/p1-sink.ts --port 10201 --mta SINK --password s [--count 5000] [--transit]
//   node bench/p1-sink.ts --names SINK-0,SINK-1 --control --transit

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { MessageSink } from './sink.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    mta: { type: 'string', default: 'SINK' },
    password: { type: 'string', default: 'sink-secret' },
    count: { type: 'string', default: '0' },
    names: { type: 'string' },
    transit: { type: 'boolean', default: false },
    control: { type: 'boolean', default: false },
  },
});
const sink = new MessageSink({ transit: values.transit });

function finish(): void {
  const report = sink.report();
  const seconds = (report.lastAt_us - report.firstAt_us) / 1e6;
  const perSecond = seconds > 0 ? (report.messages - 1) / seconds : 0;
  const line = JSON.stringify({ ...report, seconds, perSecond });
  process.stdout.write(`${line}\n`, () => process.exit(0));
}

process.once('SIGTERM', finish);
const ports: number[] = [];
for (const mta of values.names?.split(',') ?? [values.mta]) {
  const port = values.names === undefined ? Number(values.port) : 0;
  const listener = await sink.answer({ mta, password: values.password }, port);
  ports.push(listener.port);
}
process.stdout.write(`${JSON.stringify({ listening: ports[0], ports })}\n`);
if (Number(values.count) > 0) void sink.until(Number(values.count)).then(finish);
if (values.control) {
  for await (const line of createInterface({ input: process.stdin })) {
    await sink.until(Number(line));
    process.stdout.write(`${JSON.stringify(sink.report())}\n`);
  }
  process.exit(0);
}
