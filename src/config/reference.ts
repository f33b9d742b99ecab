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
is left. When the entry is mended, SIGHUP brings it in, and what waits goes on. A reload that finds such
errors in a link that works leaves that link as it was configured before, and takes over the rest.

Errors anywhere else refuse the start, and a reload; so do those of a link whose name or address spaces cannot
be read, because where its mail goes could only be guessed. To start on no error at all, let
\`chappe config check\` succeed first: it exits with 1 on any.

${sections.join('\n\n')}
`;
}

function keyText({ path, facts }: ReturnType<typeof allKeys>[number]): string {
  const presence =
    facts.presence === 'defaulted' ? `default \`${JSON.stringify(facts.default)}\`` : facts.presence;
  return `- **\`${path}\`** (${facts.kind}: ${facts.form}; ${presence}; ${facts.change}). ${facts.what}`;
}
