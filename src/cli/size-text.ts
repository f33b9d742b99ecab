// Sizes for people, in all that the commands print.

/** A size in octets as text: 2.6 GiB, 26 MiB, 900 octets. */
export function sizeText(octets: number): string {
  const mebi = octets / 2 ** 20;
  if (mebi >= 1024) return `${(mebi / 1024).toFixed(1)} GiB`;
  return mebi >= 1 ? `${Math.round(mebi)} MiB` : `${octets} octets`;
}
