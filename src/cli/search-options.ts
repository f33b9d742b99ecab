// The options by which commands search the queue; the same wherever copies are meant.

import { type Command, Option } from 'commander';

/** Adds them. */
export function searchOptions(command: Command): Command {
  return command
    .option('--link <name>', 'copies that wait for this link')
    .option('--next-hop <key>', 'copies that wait for this next hop: link/NAME or deliver/NAME')
    .addOption(
      new Option('--state <state>', 'copies in this state').choices(['queued', 'held', 'quarantined']),
    )
    .option('--id <identifier>', 'copies of this MTS identifier')
    .option('--from <part>', 'copies whose originator contains this')
    .option('--to <part>', 'copies with a recipient that contains this');
}
