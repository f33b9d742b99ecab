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

${sections.join('\n\n')}
`;
}

function keyText({ path, facts }: ReturnType<typeof allKeys>[number]): string {
  const presence =
    facts.presence === 'defaulted' ? `default \`${JSON.stringify(facts.default)}\`` : facts.presence;
  return `- **\`${path}\`** (${facts.kind}: ${facts.form}; ${presence}; ${facts.change}). ${facts.what}`;
}
