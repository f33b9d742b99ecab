// What the benches say of their figures: medians, percentiles, and how far two measurements of the same thing
// lie apart (the noise), without which no ratio means anything. Pure.

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/**
 * The value that `percent` of a hundred do not exceed, interpolated between neighbours. NaN if there is none.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** How far equals lie apart: half of the distance between the quartiles of their ratios. */
export function spread(ratios: readonly number[]): number {
  return (percentile(ratios, 75) - percentile(ratios, 25)) / 2;
}

/**
 * Two standard errors of the median of as many ratios: how far it lies off by chance in one run of twenty.
 * From the spread, because single slices on a shared machine may be off by any amount (normal: quartiles at
 * 0.6745 sigma; the median's error is 1.2533 sigma over the root of n).
 */
export function medianError(ratios: readonly number[]): number {
  return (2 * 1.2533 * (spread(ratios) / 0.6745)) / Math.sqrt(ratios.length);
}
