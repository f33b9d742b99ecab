// How long what was transferred had been here, as a histogram for each link. Counted as it happens, in as
// many numbers as there are bounds, so that a day costs no more than an hour. Invariant: a link's buckets
// hold every transfer once; links come from the configuration, never from a peer.

import { metricNames } from '../events/index.ts';

/** Upper bounds of the buckets, in seconds: from what nobody notices to what waited for a week-end. */
export const transit_bounds_s = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 259_200] as const;

const name = 'chappe_link_transit_seconds' as const;

interface Series {
  /** By bound, and one more for what is beyond all. */
  readonly counts: number[];
  sum_s: number;
}

export class TransitTimes {
  readonly #links = new Map<string, Series>();

  note(link: string, transit_ms: number): void {
    const series = this.#links.get(link) ?? {
      counts: new Array<number>(transit_bounds_s.length + 1).fill(0),
      sum_s: 0,
    };
    this.#links.set(link, series);
    const seconds = transit_ms / 1000;
    const index = transit_bounds_s.findIndex((bound) => seconds <= bound);
    series.counts[index < 0 ? transit_bounds_s.length : index] += 1;
    series.sum_s += seconds;
  }

  /**
   * The bound, in seconds, under which that part of a link's transfers lies: 0.99 for the 99th percentile.
   * Infinite where it is beyond all bounds, undefined where nothing was transferred.
   */
  percentile_s(link: string, part: number): number | undefined {
    const counts = this.#links.get(link)?.counts;
    if (counts === undefined) return undefined;
    const total = counts.reduce((sum, count) => sum + count, 0);
    let sum = 0;
    const index = counts.findIndex((count) => {
      sum += count;
      return sum >= part * total;
    });
    return transit_bounds_s[index] ?? Number.POSITIVE_INFINITY;
  }

  /** The histogram in Prometheus text form, with a newline at its end. */
  page(): string {
    const lines = [`# HELP ${name} ${metricNames[name].help}`, `# TYPE ${name} histogram`];
    for (const [link, { counts, sum_s }] of this.#links) {
      const label = `link="${link.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
      let sum = 0;
      counts.forEach((count, index) => {
        sum += count;
        lines.push(`${name}_bucket{${label},le="${transit_bounds_s[index] ?? '+Inf'}"} ${sum}`);
      });
      lines.push(`${name}_sum{${label}} ${sum_s}`, `${name}_count{${label}} ${sum}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
