// A real MTA whose store lies on a disk that a test can make full, slow or broken while the MTA runs.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { MtaProcess } from '../support/mta-process.ts';
import { FaultControl, watchedEnvironment } from './shim.ts';

export interface FaultyDiskMta {
  readonly mta: MtaProcess;
  readonly disk: FaultControl;
}

/** Only the store is concerned: what is delivered lies on another disk. */
export async function mtaOnFaultyDisk(directory: string, configuration: string): Promise<FaultyDiskMta> {
  mkdirSync(directory, { recursive: true });
  const disk = new FaultControl(join(directory, 'disk-control'));
  const variables = watchedEnvironment({ root: join(directory, 'store'), control: disk.path });
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return { disk, mta: await MtaProcess.prepare(directory, configuration, ['env', ...settings]) };
}
