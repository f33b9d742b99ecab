// The members of lists that the configuration itself names: what there is where nobody reads files. Pure.

import { normalKey } from '../address/index.ts';
import type { ListMembers } from './list-members.ts';

export const configuredMembers: ListMembers = {
  read: async ({ file, members }) => {
    if (file !== undefined) return { ok: false, lasting: 'permanent', detail: `nobody reads ${file} here` };
    const byKey = new Map<string, string>();
    for (const { text, address } of members) {
      const key = normalKey(address);
      if (!byKey.has(key)) byKey.set(key, text);
    }
    return { ok: true, members: [...byKey].map(([key, text]) => ({ key, text })) };
  },
};
