// What must hold between the keys of a conversion: what texts become must be taken, or a converted text would
// be refused as the one before it. Works on the values as written.

import type { KeyPath } from './source.ts';
import { at, type Complain, listAt, textAt } from './written.ts';

/** Checks the conversions of links and deliver spaces. */
export function checkConversions(value: unknown, complain: Complain): void {
  for (const kind of ['links', 'deliver'] as const) {
    listAt(value, kind).forEach((each, index) => {
      checkConversion(at(each, 'conversion'), [kind, index, 'conversion'], complain);
    });
  }
}

function checkConversion(conversion: unknown, path: KeyPath, complain: Complain): void {
  const accepts = listAt(conversion, 'accepts');
  const text = textAt(conversion, 'text');
  if (text === undefined || text === 'none') return;
  if (accepts.length === 0) {
    complain(
      [...path, 'text'],
      `nothing is converted to ${text} where \`accepts\` is empty: name what is taken`,
    );
  } else if (!accepts.includes(text)) {
    complain(
      [...path, 'text'],
      `what texts become must be taken: add ${text} to \`accepts\`, or choose another`,
    );
  }
}
