// The built-in configuration, for a start without a file: one MTA on this machine that delivers its own
// domain into a directory. And the commented starter file that `init` writes: the same, with a link to be
// filled in.

import { assert } from '../base/assert.ts';
import type { Configuration } from './configuration.ts';
import { parseConfiguration } from './load.ts';

const builtIn = `mta:
  name: CHAPPE
  domain: { country: GB, admd: " ", prmd: CHAPPE }
listen: [ { address: 127.0.0.1, port: 10102 } ]
admin: { address: 127.0.0.1, port: 10480 }
store: { directory: ./data }
deliver:
  - addressSpace: "/P=CHAPPE/A= /C=GB/"
    users: any
    directory: ./data/delivered
`;

/** The built-in configuration, its directories under the working directory. */
export function defaultConfiguration(): Configuration {
  const read = parseConfiguration(builtIn, 'built-in configuration');
  assert(read.ok, 'the built-in configuration has no error');
  return read.value;
}
