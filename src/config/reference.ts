// The reference of the configuration in Markdown, made from the schema: a key cannot be without its
// paragraph.

import { allKeys } from './known-keys.ts';

/** The text of docs/configuration.md. */
export function configurationReference(): string {
  const keys = allKeys();
  const groups = Map.groupBy(keys, ({ path }) => path.split('.')[0].replace('[]', ''));
  const sections = [...groups].map(([group, of]) => `## ${group}\n\n${of.map(keyText).join('\n')}`);
  return `# Configuration

YAML; unknown keys are errors; \`chappe config check\` lists every error with its line. Durations carry
a unit (\`500ms\`, \`600s\`, \`2m\`, \`1h\`, \`7d\`), sizes may (\`30KiB\`, \`2MB\`; a bare number is octets).
Relative paths are taken from the directory of the file. \`[]\` stands for each entry of a list. *live*: a
change counts after SIGHUP; *restart*: from the next start. This page is made from the schema
(\`src/config/schema.ts\`).

## Errors

Every error is looked for before anything starts, and all are said at once. Errors within one entry of
\`links\` disable that link, by one event (\`entry-set-aside\`) with file, line and what would be right;
the rest runs. Mail for that link waits in its queue, or takes another route of the same length, as with a
peer that is down; its peer is told to come again. A group loses members that there are not, as long as one
is left. When the entry is mended, SIGHUP brings it in, and what waits goes on. Errors anywhere else refuse
the start; so do those of a link whose name or address spaces cannot be read, because where its mail goes
could only be guessed. To start on no error at all, let \`chappe config check\` succeed first: it exits with
1 on any.

## Errors at a reload

An entry of \`links\`, \`groups\`, \`deliver\`, \`redirections\` or \`lists\` that has errors stays as it
was before the reload, and all other entries are taken over. It is known again by its name; a space of
\`deliver\` without one by the space, a redirection by its \`from\` or \`fromSpace\`. An entry that was not
there before is left out (a link whose name and spaces can be read is disabled, as at a start); since it may
be another one under a new name, what its list no longer has stays then. One event for each such entry
(\`entry-set-aside\`) says with file and line what is wrong and what counts meanwhile; the status of the MTA
is \`degraded\`, and \`chappe links list\` marks the links.

Nothing is taken over, and all errors are told (\`configuration-invalid\`), where one lies in no such entry,
two entries have one name, or the entries of before do not fit the new ones: a group would name a link that
is gone, two lists would have one address, or mail would be returned for an address space or a user that may
have been meant to move to an entry with errors. A file that a reload took around errors may be one on which
no MTA starts; the event says so.

${sections.join('\n\n')}
`;
}

function keyText({ path, facts }: ReturnType<typeof allKeys>[number]): string {
  const presence =
    facts.presence === 'defaulted' ? `default \`${JSON.stringify(facts.default)}\`` : facts.presence;
  return `- **\`${path}\`** (${facts.kind}: ${facts.form}; ${presence}; ${facts.change}). ${facts.what}`;
}
