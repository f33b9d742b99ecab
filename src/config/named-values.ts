// Values that keys of several tables hold: names of MTAs and links, files, hosts and ports. A table.

import { text, wholeNumber } from './value-types.ts';

export const ia5 = { pattern: /^[\x20-\x7e]*$/, form: 'characters of IA5 (ASCII)' };

export const mtaName = text({ min: 1, max: 32, ...ia5 });
/** Of a link, a group of links or a list. */
export const entryName = text({
  min: 1,
  max: 64,
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  form: 'letters, digits, dot, hyphen and underscore',
});
export const path = text({ min: 1, max: 4096, pattern: /^[^\0]+$/, form: 'a path' });
export const host = text({
  min: 1,
  max: 255,
  pattern: /^[A-Za-z0-9._:%-]+$/,
  form: 'an IP address or a host name',
});
export const port = wholeNumber({ min: 1, max: 65535 });
export const portOrAny = wholeNumber({ min: 0, max: 65535 });
