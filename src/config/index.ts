// The door of the config room.

export type * from './configuration.ts';
export { type ConfigurationError, formatConfigurationError } from './error.ts';
