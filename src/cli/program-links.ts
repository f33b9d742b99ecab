// The commands `chappe links …` as declarations for commander. What they do is in commands/links.ts.

import { type Command, Option } from 'commander';

import type { LinkOptions, LinkVerb } from './commands/links.ts';
import type { CommandContext } from './context.ts';
import { type Declare, group } from './declare-command.ts';

export function linkCommands(program: Command, context: CommandContext, add: Declare): void {
  const links = group(program, 'links', {
    what: 'the links of the running MTA',
    examples: ['list', 'show site-b', 'connect site-b', 'delay site-b --for 30m'],
  });
  const module_ = () => import('./commands/links.ts');
  add(links, 'list', {
    what: 'list the links: state, associations, queue, last error, next attempt',
    examples: ['links list', 'links list --json'],
    run: async (options) => (await module_()).linksList(context, options),
  });
  add(links, 'show <name>', {
    what: 'show a link: its state, its schedule, why copies wait and until when',
    examples: ['links show site-b'],
    run: async (name: string, options) => (await module_()).linksShow(context, name, options),
  });
  for (const [verb, { what, examples, options }] of Object.entries(verbs)) {
    add(links, `${verb} <name>`, {
      what: `${what} ${lasting(verb)}`.trim(),
      examples: examples.map((line) => `links ${verb} ${line}`),
      ...(options !== undefined && { options }),
      run: async (name: string, given: LinkOptions) =>
        (await module_()).linksCommand(context, { verb: verb as LinkVerb, name }, given),
    });
  }
}

interface Verb {
  readonly what: string;
  readonly examples: readonly string[];
  readonly options?: (command: Command) => Command;
}

const oneDirection = (command: Command): Command =>
  command
    .addOption(new Option('--inbound', 'only calls of the peer').conflicts('outbound'))
    .option('--outbound', 'only calls of ours, and what goes over them');

const verbs: Readonly<Record<LinkVerb, Verb>> = {
  enable: {
    what: 'enable a link, in both directions or one',
    examples: ['site-b', 'site-b --inbound'],
    options: oneDirection,
  },
  disable: {
    what:
      'disable a link, in both directions or one: neither called nor answered. Transfers under way end; ' +
      'what the peer still transfers after associations.disconnect is cut off',
    examples: ['site-b', 'site-b --outbound'],
    options: oneDirection,
  },
  connect: {
    what: 'call the peer now, whatever delays or the schedule say',
    examples: ['site-b'],
  },
  disconnect: {
    what:
      'let transfers under way end, close every association, and do not call for so long ' +
      '(retry.openInterval if left out); the peer may call',
    examples: ['site-b', 'site-b --for 10m'],
    options: (command) => command.option('--for <duration>', 'not called for so long, such as 90s, 10m, 2h'),
  },
  delay: {
    what: 'do not call the peer for so long; associations that stand go on',
    examples: ['site-b --for 30m'],
    options: (command) =>
      command.requiredOption('--for <duration>', 'how long, such as 90s, 30m, 2h; at most 30d'),
  },
  'clear-delay': {
    what: 'forget delays, those of retries too: the peer is called as soon as there is a reason',
    examples: ['site-b'],
  },
  limit: {
    what: 'send only some priorities; what is kept back waits',
    examples: [
      'site-b --priorities urgent',
      'site-b --priorities urgent normal --until 2031-01-31T18:00:00Z',
    ],
    options: (command) =>
      command
        .addOption(
          new Option('--priorities <priority...>', 'what is still sent')
            .choices(['urgent', 'normal', 'non-urgent'])
            .makeOptionMandatory(),
        )
        .option('--from <time>', 'from this time on (ISO 8601, UTC); now if left out')
        .option('--until <time>', 'until this time (ISO 8601, UTC); until it is lifted if left out'),
  },
  unlimit: {
    what: 'send all priorities again',
    examples: ['site-b'],
  },
};

/** How long a switch holds, for those that hold. */
function lasting(verb: string): string {
  if (verb === 'connect' || verb === 'clear-delay' || verb === 'unlimit') return '';
  return '(until a restart, or a reload that changes the link)';
}
