// The event catalogue in Markdown, made from the catalogue itself.

import { catalogue } from './catalogue.ts';
import type { EventDefinition } from './event.ts';

/** The text of docs/events.md. */
export function eventReference(): string {
  const rows = Object.entries(catalogue) as readonly (readonly [string, EventDefinition])[];
  const inOrder = rows.toSorted(([, a], [, b]) => a.number - b.number);
  const sections = inOrder.map(([name, { number, severity, meaning, action, fields }]) => {
    const list = Object.entries(fields).map(([field, what]) => `- \`${field}\`: ${what}`);
    const head = `## ${number} ${name}\n\n*${severity}*. ${meaning} **${action}**`;
    return list.length === 0 ? head : `${head}\n\n${list.join('\n')}`;
  });
  return `# Events

JSON lines on standard error: \`time\`, \`event\`, \`name\`, \`severity\`, then \`link\`, \`peer\` and
\`mtsIdentifier\` where there are any, the fields below, and \`action\`. Numbers below 10000 are those of
the old MTA. The same by command: \`chappe events list\`, \`chappe events show ID\`.
This page is made from \`src/events/catalogue.ts\`.

${sections.join('\n\n')}
`;
}
