// What an event is: a definition in the catalogue, and the JSON object that one occurrence becomes. No sink
// and no clock: rooms get an `Emit` as an argument, formatting takes the instant. Passwords are never a
// field.

/** By operator impact: `alert` means that mail stops or is lost until someone acts. */
export type Severity = 'info' | 'notice' | 'warning' | 'error' | 'alert';

export type EventValue = string | number | boolean | readonly string[] | undefined;

/**
 * The fields of one occurrence. `link`, `peer` and `mtsIdentifier` belong to every event that has them;
 * `repeated`, to trouble of a link that comes too often: how many of the same were kept back before this one.
 */
export interface EventFields {
  readonly link?: string | undefined;
  readonly peer?: string | undefined;
  readonly mtsIdentifier?: string | undefined;
  readonly [field: string]: EventValue;
}

/** One row of the catalogue. */
export interface EventDefinition {
  /** Stable for ever; the old MTA's number where the meaning is the same. */
  readonly number: number;
  readonly severity: Severity;
  readonly meaning: string;
  /** What each field says, beyond `link`, `peer` and `mtsIdentifier`. */
  readonly fields: Readonly<Record<string, string>>;
  /** What the operator should do; says so if that is nothing. */
  readonly action: string;
}

/** One line of the event log, in the order in which it is printed. */
export interface EventRecord {
  readonly time: string;
  readonly event: number;
  readonly name: string;
  readonly severity: Severity;
  readonly link?: string;
  readonly peer?: string;
  readonly mtsIdentifier?: string;
  readonly action: string;
  readonly [field: string]: EventValue;
}
