// What is wrong with a capture as a whole, said aloud once: a file that is cut short, packets that were
// captured shorter than they were, fragments of IP. Not here: octets that a connection lacks, which are
// told where they are missing.

import type { Capture, Packet } from './capture.ts';
import { isFragment } from './tcp-streams.ts';

/** Sentences for a person, none where nothing is wrong. */
export function captureFlaws({ packets, cut }: Capture): readonly string[] {
  const short = packets.filter(({ lost }) => lost > 0);
  const fragments = packets.filter(isFragment);
  return [
    ...(cut === undefined ? [] : [`the file is cut short: ${cut}; what is before them is decoded`]),
    ...(short.length === 0
      ? []
      : [`${some(short)} were captured shorter than they were: capture them whole (tcpdump -s 0)`]),
    ...(fragments.length === 0
      ? []
      : [`${some(fragments)} are fragments of IP, which are not put together: what they carry is missing`]),
  ];
}

function some(packets: readonly Packet[]): string {
  return `${packets.length} packets, the first of them number ${packets[0].number},`;
}
