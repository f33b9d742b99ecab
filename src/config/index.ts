// The door of the config room.

export { inAddressRanges } from './address-ranges.ts';
export type * from './configuration.ts';
export { textRepertoires } from './conversion-keys.ts';
export { defaultConfiguration } from './default-configuration.ts';
export { type EntriesInForce, no_entries, packEntries, unpackEntries } from './entries-in-force.ts';
export { type ConfigurationError, formatConfigurationError } from './error.ts';
export type { KeyFacts } from './key.ts';
export { allKeys } from './known-keys.ts';
export {
  type Loaded,
  loadConfiguration,
  loadConfigurationAroundErrors,
  parseConfiguration,
  parseConfigurationAroundErrors,
} from './load.ts';
export { ConfigurationInPieces, type ConfigurationPiece, takeApart } from './pieces.ts';
export { starterConfiguration } from './starter.ts';
export * from './tolerances.ts';
export { durationOf, sizeOf } from './value-types.ts';
export { type WeekRange, type WeekTimes, weekTimes } from './week-times.ts';
