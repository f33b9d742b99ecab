// Internet addresses in PrintableString and back (RFC 2156 3.4): `fred_x@a.example` is written
// `fred(u)x(a)a.example`. For the boundary to RFC 822 alone, which is where somebody writes or reads an
// Internet address; never for what is relayed, routed or compared. Invariants: applied to its own result,
// each function gives that result again; back again gives what was escaped; what no escaping has made (a
// telephone number in parentheses) stays as it is.

const short: readonly (readonly [sign: string, letter: string])[] = [
  ['@', 'a'],
  ['%', 'p'],
  ['!', 'b'],
  ['"', 'q'],
  ['_', 'u'],
  ['(', 'l'],
  [')', 'r'],
];
const letterOf: ReadonlyMap<string, string> = new Map(short);
const signOf: ReadonlyMap<string, string> = new Map(short.map(([sign, letter]) => [letter, sign]));
const sequence = /\(([apbqulr]|[0-9]{3})\)/gi;
/** ps-restricted-char: PrintableString without its parentheses. */
const plain = /^[A-Za-z0-9 '+,\-./:=?]$/;
const printableString = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
const visibleASCII = /^[ -~]*$/;

/**
 * The escaped form of an Internet address. A text that is PrintableString already has been escaped, or needs
 * it not; one with characters beyond visible ASCII is given back, since no escape stands for them.
 */
export function escapeRFC822(text: string): string {
  if (printableString.test(text) || !visibleASCII.test(text)) return text;
  return [...text].map(escapeOf).join('');
}

function escapeOf(character: string): string {
  if (plain.test(character)) return character;
  return `(${letterOf.get(character) ?? String(character.charCodeAt(0)).padStart(3, '0')})`;
}

/**
 * The Internet address that an escaped text stands for, which has at least one character that PrintableString
 * has not; any other text as it is. Escapes are read in either case (RFC 2156 3.4).
 */
export function unescapeRFC822(text: string): string {
  if (!printableString.test(text)) return text;
  const address = text.replace(sequence, (written, code: string) => {
    const character = signOf.get(code.toLowerCase()) ?? String.fromCharCode(Number(code));
    return escapeOf(character).toLowerCase() === written.toLowerCase() && visibleASCII.test(character)
      ? character
      : written;
  });
  return printableString.test(address) ? text : address;
}
