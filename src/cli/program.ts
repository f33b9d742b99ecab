// The commands of `chappe`: names, arguments, options and examples, as a declaration for commander. What a
// command does is in commands/, loaded when it is called, so that each starts quickly. Every command takes
// --config and --json, has examples in its help, and ends by an exit code through `ended`.

import { Command, InvalidArgumentError, Option } from 'commander';

import type { CommandContext, CommonOptions } from './context.ts';
import { commonOptions, type Declare, declare, type Ended, examples, group } from './declare-command.ts';
import { archiveCommands } from './program-archives.ts';
import { linkCommands } from './program-links.ts';
import { searchOptions } from './search-options.ts';

/** `usageTo` gets what is said of wrong usage. */
export interface ProgramContext extends CommandContext {
  readonly usageTo: Pick<CommandContext['terminal'], 'err'>;
}

/** The whole command line. */
export function buildProgram(context: ProgramContext, ended: Ended): Command {
  const { terminal, composition } = context;
  const program = commonOptions(new Command('chappe'))
    .description('Chappe: an X.400 Message Transfer Agent')
    .version(composition.version, '--version', 'print the version')
    .helpOption('--help', 'print help')
    .configureOutput({
      writeOut: (text) => void terminal.out(text),
      writeErr: (text) => void context.usageTo.err(text),
    })
    .exitOverride()
    .showHelpAfterError('(--help tells more)')
    .addHelpText(
      'after',
      examples(['init', 'start', 'send --from "/S=a/P=CHAPPE/A= /C=GB/" --to "…" --text hello']),
    );
  const add: Declare = (parent, usage, rest) => declare(parent, { usage, ...rest }, ended);
  runCommands(program, context, add);
  sendCommand(program, context, add);
  queueCommands(program, context, add);
  linkCommands(program, context, add);
  storeCommands(program, context, add);
  trackCommand(program, context, add);
  lookCommands(program, context, add);
  codesCommand(program, context, add);
  return program;
}

function runCommands(program: Command, context: CommandContext, add: Declare): void {
  add(program, 'start', {
    what: 'run the MTA in the foreground: "ready" on standard output, events on standard error',
    examples: ['start', 'start --config /etc/chappe/chappe.yaml 2>>events.jsonl'],
    run: async (options) => (await import('./commands/start.ts')).start(context, options),
  });
  add(program, 'init [directory]', {
    what: 'write a commented starter configuration',
    examples: ['init', 'init ./site-a'],
    options: (command) => command.option('--force', 'replace a file that exists'),
    run: async (directory: string | undefined, options) =>
      (await import('./commands/configuration.ts')).init(context, directory ?? '.', options),
  });
  const config = group(program, 'config', {
    what: 'the configuration',
    examples: ['check', 'check --config site-a/chappe.yaml --json'],
  });
  add(config, 'check', {
    what: 'validate the configuration, listing every error with its line',
    examples: ['config check', 'config check --config site-a/chappe.yaml --json'],
    run: async (options) => (await import('./commands/configuration.ts')).configCheck(context, options),
  });
  add(program, 'demo', {
    what: 'three MTAs and a dead link in one terminal: messages flow, the table moves',
    examples: ['demo', 'demo --json'],
    options: (command) =>
      command.option('--messages <number>', 'how many messages to send', count(10_000), 500),
    run: async (options) => (await import('./demo/index.ts')).demo(context, options),
  });
}

function sendCommand(program: Command, context: CommandContext, add: Declare): void {
  add(program, 'send', {
    what: 'submit messages or a probe to the running MTA; prints each MTS identifier',
    examples: [
      'send --from "/S=ada/P=SITE-A/A= /C=GB/" --to "/S=bob/P=SITE-B/A= /C=GB/" --text "Good morning"',
      'send --from "…" --to "…" --text "Good morning" --subject Hello --deferred 2031-01-31T12:00:00Z',
      'send --from "…" --to "…" --to "…" --content message.p22 --priority urgent --request-report',
      'send --from "…" --to "…" --text "Größe" --conversion-with-loss-prohibited --request-report',
      'send --from "…" --to "…" --probe --content-length 100000',
    ],
    options: (command) =>
      command
        .requiredOption('--from <address>', 'O/R address of the originator')
        .requiredOption('--to <address...>', 'O/R address of a recipient; may be repeated')
        .option('--text <text>', 'build a P22 message with this text')
        .option('--subject <subject>', 'its subject')
        .option('--content <file>', 'send these content octets as they are; - for standard input')
        .option('--content-type <oid>', 'type of the content; P22 if none')
        .addOption(
          new Option('--priority <priority>', 'priority')
            .choices(['urgent', 'normal', 'non-urgent'])
            .default('normal'),
        )
        .option('--count <number>', 'submit so many messages', count(100_000), 1)
        .option('--deferred <time>', 'deliver not before (ISO 8601, UTC)')
        .option('--latest <time>', 'deliver not after (ISO 8601, UTC)')
        .option('--request-report', 'ask for delivery reports too')
        .option('--no-report', 'ask for no reports, not even of non-delivery')
        .option('--implicit-conversion-prohibited', 'no MTA may convert it of itself')
        .option('--conversion-with-loss-prohibited', 'no MTA may convert it where that loses something')
        .option(
          '--explicit-conversion <conversion>',
          'have it converted for every recipient: ia5-text-to-teletex, teletex-to-ia5-text; others of ' +
            'X.411 (ia5-text-to-g3-facsimile…) are not made by a Chappe',
        )
        .option('--probe', 'ask whether such a message could be delivered')
        .option('--content-length <octets>', 'length of the content that a probe asks about', octets),
    run: async (options) => (await import('./commands/send.ts')).send(context, options),
  });
}

function queueCommands(program: Command, context: CommandContext, add: Declare): void {
  const queue = group(program, 'queue', {
    what: 'the queue of the running MTA',
    examples: ['list --link site-b', 'show 17', 'release --link site-b'],
  });
  const module_ = () => import('./commands/queue.ts');
  add(queue, 'list', {
    what: 'list the queue; --json gives an array of messages',
    examples: ['queue list', 'queue list --link site-b --state held', 'queue list --to /P=SITE-B/ --json'],
    options: (command) =>
      searchOptions(command).option('--limit <number>', 'at most so many', count(10_000_000)),
    run: async (options) => (await module_()).queueList(context, options),
  });
  add(queue, 'show <id>', {
    what: 'show a message, by MTS identifier or number of a copy',
    examples: ['queue show 17', 'queue show "/P=SITE-A/A= /C=GB/;310131120000-1"'],
    run: async (id: string, options) => (await module_()).queueShow(context, id, options),
  });
  const commands = {
    hold: 'keep copies from being sent until they are released',
    release: 'let held or deferred copies go on',
    defer: 'keep copies from being tried before a time; they expire when they would have',
    reroute: 'choose the route of copies anew, or send them by another link',
    priority: 'serve copies with another priority; their envelopes stay as they are',
    delete: 'remove copies, without a report',
    return: 'end copies with a non-delivery report to the originator; reports are discarded, nobody is told',
  } as const;
  for (const [command, what] of Object.entries(commands) as [keyof typeof commands, string][]) {
    add(queue, `${command} [id...]`, {
      what,
      examples: ['17 18', '--link site-b', '--all'].map(
        (which) => `queue ${command} ${neededBy[command] ?? ''}${which}`,
      ),
      options: (made) => {
        searchOptions(made).option('--all', 'every copy of the queue');
        if (command === 'priority') return made.addOption(prioritySet());
        if (command === 'defer') return made.requiredOption('--until <time>', 'until then (ISO 8601, UTC)');
        if (command === 'return')
          return made.option('--text <text>', 'what the report says, to 256 characters');
        return command === 'reroute' ? made.option('--via <link>', 'the link to take') : made;
      },
      run: async (ids: string[], options) =>
        (await module_()).queueCommand(context, { command, ids }, options),
    });
  }
  redirectCommand(queue, context, add);
  add(queue, 'export <id>', {
    what: 'write the MTS-APDU of a copy, content included',
    examples: ['queue export 17 --output message.ber', 'queue export 17 > message.ber'],
    options: (command) => command.option('--output <file>', 'file; standard output if left out'),
    run: async (id: string, options) => (await module_()).queueExport(context, id, options),
  });
}

/** What must go with a command. */
const neededBy: Readonly<Record<string, string>> = {
  priority: '--set urgent ',
  defer: '--until 2031-01-31T18:00:00Z ',
};

function redirectCommand(queue: Command, context: CommandContext, add: Declare): void {
  add(queue, 'redirect [id...]', {
    what:
      'give a recipient of messages that wait another O/R address, and let them go on to it; reports name ' +
      'the recipient that was first intended',
    examples: [
      'queue redirect 17 --to "/S=bob/P=SITE-B/A= /C=GB/" --same-recipient --note "address was misspelt"',
      'queue redirect 17 --recipient "/S=bod/P=SITE-B/A= /C=GB/" --to "/S=duty/P=SITE-B/A= /C=GB/"',
      'queue redirect --all --recipient "/S=bob/P=OLD/C=GB/" --to "/S=bob/P=NEW/C=GB/" --same-recipient',
    ],
    options: redirectOptions,
    run: async (ids: string[], options) =>
      (await import('./commands/queue-redirect.ts')).queueRedirect(context, ids, options),
  });
}

function redirectOptions(command: Command): Command {
  return command
    .requiredOption('--to <address>', 'the O/R address that gets it')
    .option('--recipient <address>', 'whose place it takes; may be left out where a copy has one recipient')
    .option(
      '--same-recipient',
      'it is another address of the same recipient: what the originator said of alternate recipients and ' +
        'of reassignment does not count',
    )
    .option('--note <text>', 'kept with the record of it, to 256 characters')
    .option('--all', 'every copy of the queue that has the recipient');
}

function prioritySet(): Option {
  return new Option('--set <priority>', 'the priority to serve them with')
    .choices(['urgent', 'normal', 'non-urgent'])
    .makeOptionMandatory();
}

function storeCommands(program: Command, context: CommandContext, add: Declare): void {
  const store = group(program, 'store', {
    what: 'the store: with or without an MTA that runs on it',
    examples: ['audit', 'export queue.chappe', 'import queue.chappe --hold'],
  });
  add(store, 'check', {
    what:
      'verify the log, the structure, every row and every spool file by its checksums; reads only, exits 1 ' +
      'and lists what is damaged; with --repair saves what can be read into a new database and keeps the old',
    examples: ['store check', 'store check --json', 'store check --repair'],
    options: (command) => command.option('--repair', 'mend what is damaged; the MTA must be stopped'),
    run: async (options: CommonOptions & { readonly repair?: boolean }) =>
      options.repair === true
        ? (await import('./commands/store-repair.ts')).storeRepair(context, options)
        : (await import('./commands/store-check.ts')).storeCheck(context, options),
  });
  archiveCommands(store, context, add);
  add(store, 'audit', {
    what:
      'prove that every accepted recipient has exactly one outcome or waits in the queue; reads only, ' +
      'exits 1 and lists what contradicts that',
    examples: ['store audit', 'store audit --since 2031-01-31', 'store audit --json'],
    options: (command) =>
      command.option('--since <time>', 'messages accepted from this time on (ISO 8601, UTC)'),
    run: async (options) => (await import('./commands/store-audit.ts')).storeAudit(context, options),
  });
}

function trackCommand(program: Command, context: CommandContext, add: Declare): void {
  add(program, 'track', {
    what:
      'the history of messages, recipient by recipient: when and from where each came, when and to ' +
      'where it went, and what was reported. Kept for tracking.keep (30 days) after the last act; parts ' +
      'of addresses are enough, upper and lower case alike; conditions are joined by "and"',
    examples: [
      'track --id "/P=SITE-A/A= /C=GB/;310131120000-1"',
      'track --to /S=bob/ --since 2031-01-31',
      'track --act reported --since 2031-01-31T12:00:00Z --until 2031-01-31T13:00:00Z',
      'track --from /S=ada/ --limit 10000 --json',
    ],
    options: (command) =>
      command
        .option('--id <identifier>', 'of this MTS identifier')
        .option('--from <part>', 'whose originator contains this')
        .option('--to <part>', 'with a recipient that contains this')
        .option('--act <act>', 'what was done: transferred-in, delivered, reported, held…')
        .option('--since <time>', 'from this time on (ISO 8601, UTC)')
        .option('--until <time>', 'before this time (ISO 8601, UTC)')
        .option('--limit <number>', 'at most so many records, 1000 if left out', count(10_000_000))
        .option(
          '--skip <number>',
          'pass over so many records that the search finds first',
          count(10_000_000),
        ),
    run: async (options) => (await import('./commands/track.ts')).track(context, options),
  });
}

function lookCommands(program: Command, context: CommandContext, add: Declare): void {
  const tracking = () => import('./commands/tracking.ts');
  const route = group(program, 'route', {
    what: 'routing',
    examples: ['explain "/S=bob/P=SITE-B/A= /C=GB/"'],
  });
  add(route, 'explain <address>', {
    what: 'where an O/R address would go: the candidates and why each was taken or dropped',
    examples: [
      'route explain "/S=bob/P=SITE-B/A= /C=GB/"',
      'route explain "/S=bob/P=SITE-B/A= /C=GB/" --priority urgent --content-length 5000000',
      'route explain "/S=bob/P=SITE-B/A= /C=GB/" --from "/S=ann/P=SITE-A/A= /C=GB/" --arrived-by site-b',
      'route explain "/S=bob/P=SITE-B/A= /C=GB/" --dry-run',
    ],
    options: (command) =>
      command
        .option('--from <address>', 'O/R address of the originator')
        .addOption(
          new Option('--priority <priority>', 'of the message').choices(['urgent', 'normal', 'non-urgent']),
        )
        .option('--content-type <oid>', 'object identifier of the content type, 2.6.1.10.1 for P22')
        .option('--content-length <octets>', 'octets of content')
        .option('--arrived-by <link>', 'the link that the message came by')
        .option('--dry-run', 'as the file would have it after a reload, though the MTA runs'),
    run: async (address: string, options) => (await tracking()).routeExplain(context, address, options),
  });
  add(program, 'decode <file>', {
    what: 'print a capture file or raw BER layer by layer with names',
    examples: ['decode traffic.pcap', 'decode message.ber --json'],
    options: (command) =>
      command.option('--port <number...>', 'TCP ports of RFC 1006; found by content if left out'),
    run: async (file: string, options) =>
      (await import('./commands/decode.ts')).decode(context, file, options),
  });
  const events = group(program, 'events', { what: 'the event catalogue', examples: ['list', 'show 9202'] });
  add(events, 'list', {
    what: 'list the events',
    examples: ['events list', 'events list --json'],
    run: async (options) => (await tracking()).eventsList(context, options),
  });
  add(events, 'show <id>', {
    what: 'show an event by number or name: meaning, fields, what to do',
    examples: ['events show 9215', 'events show connect-failed'],
    run: async (id: string, options) => (await tracking()).eventsShow(context, id, options),
  });
}

function codesCommand(program: Command, context: CommandContext, add: Declare): void {
  add(program, 'codes [code]', {
    what: 'what the codes of non-delivery reports mean: all, or by number, REASON/DIAGNOSTIC or name',
    examples: ['codes', 'codes 1/7', 'codes content-too-long'],
    run: async (code: string | undefined, options) =>
      (await import('./commands/codes.ts')).codes(context, code, options),
  });
}

function count(max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 1 || number > max) {
      throw new InvalidArgumentError(`a whole number from 1 to ${max} is wanted.`);
    }
    return number;
  };
}

function octets(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 2147483647) {
    throw new InvalidArgumentError('octets from 0 to 2147483647 are wanted.');
  }
  return number;
}
