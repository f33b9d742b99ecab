// The commands that take messages out of a store and back, or copy it: their declaration for commander.

import type { Command } from 'commander';

import type { CommandContext } from './context.ts';
import type { Declare } from './declare-command.ts';
import { searchOptions } from './search-options.ts';

/** `store export`, `store import` and `store backup`. */
export function archiveCommands(store: Command, context: CommandContext, add: Declare): void {
  const module_ = () => import('./commands/store-archive.ts');
  add(store, 'export <file>', {
    what:
      'write messages that wait, content included, to an archive that another Chappe takes; from the ' +
      'running MTA, or from its directory if none runs. Everything, unless something is selected',
    examples: [
      'store export queue.chappe',
      'store export site-b.chappe --link site-b --since 2031-01-31 --tracking',
      'store export queue.chappe --remove',
    ],
    options: (command) =>
      searchOptions(command)
        .option('--since <time>', 'messages accepted from this time on (ISO 8601, UTC)')
        .option('--until <time>', 'messages accepted before this time (ISO 8601, UTC)')
        .option('--tracking', 'with the tracking records of each message')
        .option('--remove', 'remove them from this queue once the archive is on the disk')
        .option('--force', 'replace a file that exists'),
    run: async (file: string, options) => (await module_()).storeExport(context, file, options),
  });
  add(store, 'import <file>', {
    what:
      'take the messages of an archive into the queue of the running MTA, or into its directory if none ' +
      'runs; what is here already, or has been, is not taken twice. Exits 1 if the archive is not whole',
    examples: [
      'store import queue.chappe --dry-run',
      'store import queue.chappe --hold',
      'store import queue.chappe --json',
    ],
    options: (command) =>
      command
        .option('--hold', 'hold what is taken until it is released')
        .option('--dry-run', 'take nothing; say what would be taken'),
    run: async (file: string, options) => (await module_()).storeImport(context, file, options),
  });
  add(store, 'backup <directory>', {
    what:
      'copy the store as it stands at one moment, while the MTA runs or not; the copy is a store that ' +
      '"chappe start" opens. Read docs/archive.md before you restore one: what went since goes again',
    examples: ['store backup /backup/chappe-monday', 'store backup /backup/chappe-monday --json'],
    run: async (directory: string, options) =>
      (await import('./commands/store-backup.ts')).storeBackup(context, directory, options),
  });
}
