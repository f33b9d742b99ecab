// What finding out poison needs of the world, as ports: a place that outlives the process, not the machine,
// for the names of what is in hand; and a place for dumps. Types only.

/** Where processing may fail by our own fault. */
export type Stage = 'transfer-in' | 'transfer-out' | 'routing' | 'delivery' | 'report';

export interface InHand {
  /** What the last process had in hand when it died; nothing after a clean stop. */
  readonly left: readonly { readonly stage: string; readonly subject: string }[];
  begin(stage: Stage, subject: string): number;
  end(entry: number): void;
  /** What was left has been judged. */
  forgetLeft(): void;
  /** A clean stop. */
  close(): void;
  /** A short name for octets that came by a link. */
  fingerprint(octets: Uint8Array, link: string): string;
}

export interface Dumps {
  /** Resolves to a reference for people; undefined if it could not be written. */
  write(dump: {
    readonly name: string;
    readonly text: string;
    readonly octets: Uint8Array;
  }): Promise<string | undefined>;
}
