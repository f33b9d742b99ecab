// What rounds of slices say about isolation (design: targets). Each round has a slice of the clean Chappe, of
// the disturbed one and of a second clean one. B/A is the disturbed slice over the mean of the two clean ones
// beside it; A/A is the second clean slice over the first: what equals differ by on this machine at this
// time. Pure.

import type { Arm, Slice } from './isolation-world.ts';
import { median, medianError, spread } from './statistics.ts';

export type Round = Readonly<Record<Arm, Slice>>;

/** A figure of all rounds: medians of both arms, of their ratio, and the noise. */
export interface Comparison {
  readonly clean: number;
  readonly disturbed: number;
  readonly ratio: number;
  /** Half of the distance between the quartiles of A/A. */
  readonly aaSpread: number;
  /** Two standard errors of a median of so many A/A ratios. */
  readonly aaError: number;
}

export interface Verdict {
  readonly pairs: number;
  readonly throughput: Comparison;
  readonly p50: Comparison;
  readonly p99: Comparison;
  /** What a message costs the processor: it judges nothing, and tells what a busy machine hides. */
  readonly cpu: Comparison;
}

export function verdictOf(rounds: readonly Round[]): Verdict {
  return {
    pairs: rounds.length,
    throughput: compare(rounds, (slice) => slice.perSecond),
    p50: compare(rounds, (slice) => slice.p50_ms),
    p99: compare(rounds, (slice) => slice.p99_ms),
    cpu: compare(rounds, (slice) => slice.cpu_us),
  };
}

function compare(rounds: readonly Round[], figure: (slice: Slice) => number): Comparison {
  const clean = rounds.map((round) => (figure(round.clean) + figure(round['clean-again'])) / 2);
  const disturbed = rounds.map((round) => figure(round.disturbed));
  const equals = rounds.map((round) => figure(round['clean-again']) / figure(round.clean));
  return {
    clean: median(clean),
    disturbed: median(disturbed),
    ratio: median(disturbed.map((value, round) => value / clean[round])),
    aaSpread: spread(equals),
    aaError: medianError(equals),
  };
}

/** Most that noise may excuse: a machine that is noisier than this is no place to measure. */
export const noise_max = 0.15;
/** What a healthy link may lose at most. */
export const loss_max = 0.05;

/**
 * Whether the throughput holds: the median of B/A is at least 0.95, less what the median of as many equals is
 * off by chance (`allowNoise`, for a small run on a shared machine; the full bench allows none).
 */
export function throughputHolds({ throughput }: Verdict, allowNoise: boolean): boolean {
  const noise = allowNoise ? Math.min(throughput.aaError, noise_max) : 0;
  return throughput.ratio >= 1 - loss_max - noise;
}

/** Whether the 99th percentile of transit holds: within max(5 %, the A/A spread), and the noise as above. */
export function p99Holds({ p99 }: Verdict, allowNoise: boolean): boolean {
  const noise = allowNoise ? p99.aaError : 0;
  return p99.ratio <= 1 + Math.max(loss_max, p99.aaSpread) + noise;
}
