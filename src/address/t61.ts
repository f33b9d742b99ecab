// TeletexString octets to Unicode and back, as far as subjects and names of Western languages go (T.61, the
// primary sets 102 and 103): ASCII, and letters with a diacritic octet before them. What T.61 does not have
// is read as Latin-1, which many systems send in its place, and not written.

const diacritics: readonly (readonly [number, string])[] = [
  [0xc1, '\u0300'],
  [0xc2, '\u0301'],
  [0xc3, '\u0302'],
  [0xc4, '\u0303'],
  [0xc5, '\u0304'],
  [0xc6, '\u0306'],
  [0xc7, '\u0307'],
  [0xc8, '\u0308'],
  [0xca, '\u030a'],
  [0xcb, '\u0327'],
  [0xcd, '\u030b'],
  [0xce, '\u0328'],
  [0xcf, '\u030c'],
];
const specials: readonly (readonly [number, string])[] = [
  [0xa1, '¡'],
  [0xa2, '¢'],
  [0xa3, '£'],
  [0xa4, '$'],
  [0xa5, '¥'],
  [0xa6, '#'],
  [0xa7, '§'],
  [0xb0, '°'],
  [0xb1, '±'],
  [0xb4, '×'],
  [0xb5, 'µ'],
  [0xb8, '÷'],
  [0xbf, '¿'],
  [0xe1, 'Æ'],
  [0xe9, 'Ø'],
  [0xec, 'Þ'],
  [0xf1, 'æ'],
  [0xf3, 'ð'],
  [0xf9, 'ø'],
  [0xfb, 'ß'],
  [0xfc, 'þ'],
];
const combining: ReadonlyMap<number, string> = new Map(diacritics);
const special: ReadonlyMap<number, string> = new Map(specials);
const octetOfCombining: ReadonlyMap<string, number> = new Map(
  diacritics.map(([octet, mark]) => [mark, octet]),
);
const octetOfSpecial: ReadonlyMap<string, number> = new Map(specials.map(([octet, sign]) => [sign, octet]));

/** The text of a TeletexString, whose octets come as characters of the same numbers. */
export function textOfT61(octets: string): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets.charCodeAt(at);
    const mark = combining.get(octet);
    const letter = octets[at + 1] ?? '';
    if (mark !== undefined && /[A-Za-z ]/.test(letter)) {
      text += letter === ' ' ? mark : `${letter}${mark}`.normalize('NFC');
      at += 1;
    } else {
      text += special.get(octet) ?? octets[at];
    }
  }
  return text;
}

/** The octets of a text as characters; undefined where T.61 has no such character. */
export function t61OfText(text: string): string | undefined {
  let octets = '';
  for (const character of text.normalize('NFC')) {
    const [base, mark, more] = character.normalize('NFD');
    const markOctet = mark === undefined ? undefined : octetOfCombining.get(mark);
    const signOctet = octetOfSpecial.get(character);
    if (/^[ -~\r\n\t]$/.test(character) && !/[\\^`{}~]/.test(character)) {
      octets += character;
    } else if (signOctet !== undefined) {
      octets += String.fromCharCode(signOctet);
    } else if (more === undefined && markOctet !== undefined && /^[A-Za-z]$/.test(base)) {
      octets += String.fromCharCode(markOctet) + base;
    } else {
      return undefined;
    }
  }
  return octets;
}
