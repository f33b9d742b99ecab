// The door of the events room: the catalogue, the port through which events are reported, and their form.

export * from './catalogue.ts';
export * from './format.ts';
export * from './metrics.ts';
export type { EventDefinition, EventFields, EventRecord, EventValue, Severity } from './event.ts';
