// What the HTTP server is made with.

import type { Instant } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import type { EventCounters } from './event-counters.ts';
import type { Operations } from './operations.ts';

export interface AdminServerOptions {
  readonly address: string;
  readonly port: number;
  readonly openMetrics: boolean;
  readonly tokenFile: string;
  readonly version: string;
  readonly operations: Operations;
  readonly counters: EventCounters;
  readonly emit: Emit;
  now(): Instant;
}
