// chappe track: what happened to messages. Asks page by page and writes each page as it comes, so that a
// long answer is never in memory whole, here or in the MTA; says exactly whether there is more, and the
// command that goes on.

import { timeOf, type TrackJson, type TrackSearchJson } from '../../admin/index.ts';
import { actNames } from '../../store/index.ts';
import { type CommandContext, type CommonOptions, requireConfiguration } from '../context.ts';
import { exitCodes, WrongUsage } from '../failure.ts';
import { type LocalMta, localMta } from '../local-mta.ts';

/** Records that are shown where nobody says how many. */
const records_default = 1000;
/** Records of one page: what is said of a message is together as far as one page has it. */
const page_records = 5000;

/** Where the next page begins: at a time, behind so many records of that time. */
interface Place {
  readonly since: string | undefined;
  readonly skip: number;
}

export async function track(
  { terminal }: CommandContext,
  options: CommonOptions & TrackSearchJson,
): Promise<number> {
  const { id, from, to, act, since, until, skip = 0, limit = records_default } = options;
  if (timeOf(since) === 'malformed' || timeOf(until) === 'malformed') {
    throw new WrongUsage('a time is written in ISO 8601: 2031-01-31T12:00:00Z');
  }
  if (act !== undefined && !actNames.includes(act)) {
    throw new WrongUsage(`there is no act "${act}"; acts are ${actNames.join(', ')}`);
  }
  const mta = localMta(requireConfiguration(options));
  const search = { id, from, to, act, until };
  const write = options.json === true ? jsonWriter : textWriter;
  const writer = write((text) => terminal.out(text));
  let place: Place = { since, skip };
  let left = limit;
  let hasMore = true;
  while (hasMore && left > 0) {
    const wanted = Math.min(left, page_records);
    const found = await page(mta, { ...search, ...place, limit: wanted + 1 });
    hasMore = found.length > wanted;
    const records = found.slice(0, wanted);
    await writer.add(records);
    left -= records.length;
    place = behind(place, records);
  }
  await writer.end();
  if (hasMore) await terminal.err(moreText(limit, place));
  return exitCodes.success;
}

function page(mta: LocalMta, search: TrackSearchJson): Promise<readonly TrackJson[]> {
  return mta.get<readonly TrackJson[]>('/api/v1/track', search);
}

function behind(place: Place, records: readonly TrackJson[]): Place {
  const last = records.at(-1);
  if (last === undefined) return place;
  const sameTime = records.filter(({ at }) => at === last.at).length;
  return { since: last.at, skip: sameTime + (place.since === last.at ? place.skip : 0) };
}

function moreText(limit: number, { since, skip }: Place): string {
  return (
    `these are the first ${limit} records; there are more: the same command with --since ${since} ` +
    `--skip ${skip} goes on, --limit takes more at once, and --id, --from, --to, --act, --until find less\n`
  );
}

interface Writer {
  add(records: readonly TrackJson[]): Promise<void>;
  end(): Promise<void>;
}
type Out = (text: string) => Promise<void>;

function jsonWriter(out: Out): Writer {
  let isFirst = true;
  return {
    add: async (records) => {
      for (const record of records) {
        const text = JSON.stringify(record, undefined, 2).replaceAll('\n', '\n  ');
        await out(`${isFirst ? '[' : ','}\n  ${text}`);
        isFirst = false;
      }
    },
    end: () => out(isFirst ? '[]\n' : '\n]\n'),
  };
}

function textWriter(out: Out): Writer {
  let isFirst = true;
  return {
    add: async (records) => {
      if (records.length === 0) return;
      await out(`${isFirst ? '' : '\n'}${trackText(records)}\n`);
      isFirst = false;
    },
    end: async () => {
      if (isFirst) await out('nothing is known of such a message\n');
    },
  };
}

/** Message by message, and in each recipient by recipient. */
function trackText(records: readonly TrackJson[]): string {
  const messages = Map.groupBy(records, (record) => record.mtsIdentifier);
  return [...messages].map(([id, of]) => [id, headText(of), ...recipientLines(of)].join('\n')).join('\n\n');
}

/** What the records of a message have in common: from whom, how urgent, what, how large. */
function headText([first]: readonly TrackJson[]): string {
  const { kind, priority, contentType, contentLength, originator } = first;
  const size = contentLength === undefined ? undefined : `${contentLength} octets`;
  return `  ${[kind, priority, contentType, size, `from ${originator}`].filter(Boolean).join(', ')}`;
}

function recipientLines(records: readonly TrackJson[]): readonly string[] {
  const recipients = [...new Set(records.flatMap((record) => record.recipients))];
  const general = records.filter((record) => record.recipients.length === 0);
  return [
    ...general.map(actText),
    ...recipients.flatMap((recipient) => [
      `  ${recipient}`,
      ...records.filter((record) => record.recipients.includes(recipient)).map(actText),
    ]),
  ];
}

/** In quotes where it would not be read as one word. */
function quoted(value: string): string {
  return /\s|^$/.test(value) ? JSON.stringify(value) : value;
}

function actText({ at, act, detail }: TrackJson): string {
  const details = Object.entries(detail).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return `    ${at}  ${act}  ${details.join(' ')}`.trimEnd();
}
