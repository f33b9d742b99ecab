// What the dissection of a connection finds: PDUs layer by layer as text, and the octets that belong to the
// user of the association. For people; nothing is decided by it.

export type DissectedLayer = 'RFC 1006' | 'X.224' | 'X.225' | 'X.226' | 'X.227' | 'X.228';

export type Finding =
  /** One PDU: its name in the Recommendation, and its parameters, one a line. */
  | {
      readonly kind: 'pdu';
      readonly layer: DissectedLayer;
      readonly name: string;
      readonly detail: readonly string[];
    }
  /** User data of the association's opening. */
  | { readonly kind: 'bind'; readonly what: 'argument' | 'result' | 'error'; readonly octets: Uint8Array }
  /** An APDU that was transferred whole. */
  | {
      readonly kind: 'apdu';
      readonly octets: Uint8Array;
      /** Which P1, as the opening says; undefined where none was seen. */
      readonly year: '1984' | '1988' | undefined;
    }
  /** Octets that are not what they should be; the rest of that direction may be lost. */
  | { readonly kind: 'fault'; readonly layer: DissectedLayer; readonly detail: string };

/** The lines of a printed tree; a type without a name leaves the first one empty. */
export function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines[0] === '' ? lines.slice(1).map((line) => line.replace(/^ {2}/, '')) : lines;
}
