// chappe send: submits messages or a probe to the running MTA and prints their MTS identifiers.

import { open } from 'node:fs/promises';

import { parseORAddress } from '../../address/index.ts';
import { type SubmissionJson, submissionMediaType, timeOf } from '../../admin/index.ts';
import { explicitConversions } from '../../p1/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { CommandFailure, exitCodes, WrongUsage } from '../failure.ts';
import { localMta } from '../local-mta.ts';
import { report } from '../output.ts';

/** Octets of a file that are read at a time. */
const read_octets = 256 * 1024;

export interface SendOptions extends CommonOptions {
  readonly from: string;
  readonly to: readonly string[];
  readonly text?: string;
  readonly content?: string;
  readonly subject?: string;
  readonly contentType?: string;
  readonly priority: 'urgent' | 'normal' | 'non-urgent';
  readonly count: number;
  readonly deferred?: string;
  readonly latest?: string;
  readonly requestReport?: boolean;
  /** False with --no-report. */
  readonly report: boolean;
  readonly implicitConversionProhibited?: boolean;
  readonly conversionWithLossProhibited?: boolean;
  readonly explicitConversion?: string;
  readonly probe?: boolean;
  readonly contentLength?: number;
}

export async function send({ terminal }: CommandContext, options: SendOptions): Promise<number> {
  const request = requestOf(options);
  const mta = localMta(requireConfiguration(options));
  const line = Buffer.from(`${JSON.stringify(request)}\n`);
  const body =
    options.content === undefined
      ? ({ json: request } as const)
      : { mediaType: submissionMediaType, octets: after(line, await contentOf(options.content)) };
  const submitted = await mta.post<readonly { readonly mtsIdentifier: string }[]>('/api/v1/messages', body);
  await report(terminal, options, {
    json: submitted,
    text: () => submitted.map(({ mtsIdentifier }) => mtsIdentifier).join('\n'),
  });
  return exitCodes.success;
}

/** What is asked of the MTA, without content octets. Throws WrongUsage for what cannot be meant. */
export function requestOf(options: SendOptions): SubmissionJson {
  const bodies = [options.text, options.content, options.probe === true ? '' : undefined];
  if (bodies.filter((body) => body !== undefined).length !== 1) {
    throw new WrongUsage('one of --text, --content and --probe is wanted');
  }
  if (options.subject !== undefined && options.text === undefined)
    throw new WrongUsage('--subject goes with --text');
  if (options.contentType !== undefined && options.text !== undefined) {
    throw new WrongUsage('--content-type goes with --content or --probe: --text always builds P22');
  }
  if (options.contentLength !== undefined && options.probe !== true) {
    throw new WrongUsage('--content-length goes with --probe');
  }
  if (options.requestReport === true && !options.report) {
    throw new WrongUsage('--request-report and --no-report contradict each other');
  }
  if (options.contentType !== undefined && !/^[0-2](?:\.\d+)+$/.test(options.contentType)) {
    throw new WrongUsage(
      `--content-type: "${options.contentType}" is no OBJECT IDENTIFIER such as 2.6.1.10.1`,
    );
  }
  checkAddresses(options);
  checkTimes(options);
  const { from, to, text, subject, contentType, priority, count, deferred, latest, contentLength } = options;
  return {
    from,
    to,
    priority,
    count,
    report: options.requestReport === true ? 'report' : options.report ? 'non-delivery-report' : 'no-report',
    ...(text !== undefined && { text }),
    ...(subject !== undefined && { subject }),
    ...(contentType !== undefined && { contentType }),
    ...(deferred !== undefined && { deferred }),
    ...(latest !== undefined && { latest }),
    ...conversionOf(options),
    ...(options.probe === true && { probe: true }),
    ...(contentLength !== undefined && { contentLength }),
  };
}

type Conversion = NonNullable<SubmissionJson['explicitConversion']>;

function isConversion(name: string): name is Conversion {
  return name in explicitConversions;
}

function conversionOf(options: SendOptions): Partial<SubmissionJson> {
  const { implicitConversionProhibited, conversionWithLossProhibited, explicitConversion } = options;
  if (explicitConversion !== undefined && !isConversion(explicitConversion)) {
    const names = Object.keys(explicitConversions).join(', ');
    throw new WrongUsage(`--explicit-conversion: "${explicitConversion}" is none of ${names}`);
  }
  return {
    ...(implicitConversionProhibited === true && { implicitConversionProhibited }),
    ...(conversionWithLossProhibited === true && { conversionWithLossProhibited }),
    ...(explicitConversion !== undefined && { explicitConversion }),
  };
}

function checkAddresses({ from, to }: SendOptions): void {
  for (const [option, address] of [['--from', from], ...to.map((each) => ['--to', each])]) {
    const read = parseORAddress(address);
    if (!read.ok) throw new WrongUsage(`${option}: "${address}" is no O/R address: ${read.error.message}`);
  }
}

function checkTimes({ deferred, latest }: SendOptions): void {
  for (const [option, written] of [
    ['--deferred', deferred],
    ['--latest', latest],
  ] as const) {
    if (timeOf(written) === 'malformed') {
      throw new WrongUsage(`${option}: "${written}" is no ISO 8601 time such as 2031-01-31T12:00:00Z`);
    }
  }
}

/** The content as a stream; fails at once if there is no such file. */
async function contentOf(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  try {
    const handle = await open(file, 'r');
    return handle.createReadStream({ highWaterMark: read_octets });
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`);
  }
}

async function* after(line: Uint8Array, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield line;
  yield* content;
}
