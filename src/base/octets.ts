// Plain functions over Uint8Array. `Buffer` belongs to the rooms that do I/O.

/** One array with the octets of all `parts` in order; the part itself if there is only one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(totalOctets(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The number of octets in all `parts`. */
export function totalOctets(parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) total += part.length;
  return total;
}

/** Whether two arrays hold the same octets. Not constant time: never for secrets. */
export function equalOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Whether two secrets are equal, in a time that depends only on the length of `presented`. */
export function equalSecrets(presented: Uint8Array, expected: Uint8Array): boolean {
  let difference = presented.length ^ expected.length;
  for (let index = 0; index < presented.length; index += 1) {
    difference |= presented[index] ^ (expected[index % Math.max(1, expected.length)] ?? 0);
  }
  return difference === 0;
}

/** Lower-case hexadecimal without separators. */
export function toHex(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet.toString(16).padStart(2, '0');
  return text;
}

/** The octets of a hexadecimal text, or undefined if it is none. White space is passed over. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) return undefined;
  const octets = new Uint8Array(digits.length / 2);
  for (let index = 0; index < octets.length; index += 1) {
    octets[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  }
  return octets;
}

/** Each octet as the character of the same number (ISO 8859-1). */
export function latin1(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}

/** The inverse of `latin1`. Characters above 255 lose their upper bits: callers check first. */
export function fromLatin1(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) octets[index] = text.charCodeAt(index);
  return octets;
}
