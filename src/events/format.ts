// From an occurrence to the JSON object that is logged. Writes nowhere. Invariants: every event has the keys
// of EventRecord in the same order; no field can replace one of them; text is cut at `text_characters_max`.

import { type Instant, isoTime } from '../base/time.ts';
import { catalogue, type EventName } from './catalogue.ts';
import type { EventDefinition, EventFields, EventRecord, EventValue } from './event.ts';

/** Longest text of one field, in characters, so that a peer cannot make a line as long as it likes. */
export const text_characters_max = 1000;
/** Most elements of a list in a field. */
export const list_elements_max = 100;

const fixed = new Set(['time', 'event', 'name', 'severity', 'link', 'peer', 'mtsIdentifier', 'action']);

/** The JSON object of one occurrence at `at`. */
export function formatEvent(name: EventName, fields: EventFields, at: Instant): EventRecord {
  const definition: EventDefinition = catalogue[name];
  const record: Record<string, EventValue> = {
    time: isoTime(at),
    event: definition.number,
    name,
    severity: definition.severity,
  };
  for (const key of ['link', 'peer', 'mtsIdentifier']) {
    const value = fields[key];
    if (value !== undefined) record[key] = bounded(value);
  }
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined && !fixed.has(key)) record[key] = bounded(value);
  }
  record.action = definition.action;
  return record as unknown as EventRecord;
}

/** The catalogue's row of an event number or name, as `events show` asks for it. */
export function findEvent(id: string): { name: EventName; definition: EventDefinition } | undefined {
  for (const name of Object.keys(catalogue) as EventName[]) {
    const definition: EventDefinition = catalogue[name];
    if (name === id || String(definition.number) === id) return { name, definition };
  }
  return undefined;
}

function bounded(value: EventValue): EventValue {
  if (typeof value === 'string') return cut(value);
  if (!Array.isArray(value)) return value;
  const elements = value.slice(0, list_elements_max).map((element) => cut(String(element)));
  if (value.length > list_elements_max) elements.push(`… ${value.length - list_elements_max} more`);
  return elements;
}

function cut(text: string): string {
  return text.length <= text_characters_max ? text : `${text.slice(0, text_characters_max)}…`;
}
