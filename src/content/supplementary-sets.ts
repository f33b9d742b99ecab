// The supplementary sets of T.61 (registration 103) and ISO 6937 (registrations 90, 142 and 156): signs and
// letters of the Latin alphabets, and marks that stand before their letter. A table by octet of the right
// half, in rows of sixteen; a full stop is a code without a character, in the row of marks the marks' place.

const rowsT61 = [
  '.¡¢£$¥#§¤..«....',
  '°±²³×µ¶·÷..»¼½¾¿',
  '................',
  '................',
  'ΩÆĐªĦ.ĲĿŁØŒºÞŦŊŉ',
  'ĸæđðħıĳŀłøœßþŧŋ.',
];
const rows6937 = [
  '\u00a0¡¢£.¥.§¤‘“«←↑→↓',
  '°±²³×µ¶·÷’”»¼½¾¿',
  '................',
  '―¹®©™♪¬¦....⅛⅜⅝⅞',
  'ΩÆĐªĦ.ĲĿŁØŒºÞŦŊŉ',
  'ĸæđðħıĳŀłøœßþŧŋ\u00ad',
];

function charactersOf(rows: readonly string[]): readonly (string | undefined)[] {
  const half = [...rows.join('')].map((each) => (each === '.' ? undefined : each));
  return [...new Array<undefined>(32).fill(undefined), ...half];
}

/** By 7-bit code. */
export const supplementaryT61 = charactersOf(rowsT61);
/** By 7-bit code. */
export const supplementary6937 = charactersOf(rows6937);

/** Combining marks by 7-bit code (column 4/): 4/9 is T.61's umlaut, 4/12 its underline. */
export const nonSpacingMarks: ReadonlyMap<number, string> = new Map([
  [0x41, '\u0300'],
  [0x42, '\u0301'],
  [0x43, '\u0302'],
  [0x44, '\u0303'],
  [0x45, '\u0304'],
  [0x46, '\u0306'],
  [0x47, '\u0307'],
  [0x48, '\u0308'],
  [0x49, '\u0308'],
  [0x4a, '\u030a'],
  [0x4b, '\u0327'],
  [0x4c, '\u0332'],
  [0x4d, '\u030b'],
  [0x4e, '\u0328'],
  [0x4f, '\u030c'],
]);

/** A mark before a space stands for itself. */
export const spacingMarks: ReadonlyMap<string, string> = new Map([
  ['\u0300', '`'],
  ['\u0301', '´'],
  ['\u0302', '^'],
  ['\u0303', '~'],
  ['\u0304', '¯'],
  ['\u0306', '˘'],
  ['\u0307', '˙'],
  ['\u0308', '¨'],
  ['\u030a', '˚'],
  ['\u0327', '¸'],
  ['\u0332', '_'],
  ['\u030b', '˝'],
  ['\u0328', '˛'],
  ['\u030c', 'ˇ'],
]);
