// The door of the content room: reading interpersonal messages and notifications, building a text message,
// texts in the repertoires of X.400, and the table of content types.

export * from './body-text.ts';
export * from './build-content.ts';
export * from './content-types.ts';
export * from './ipm.ts';
export * from './ipn.ts';
export * from './read-content.ts';
export * from './conversion-plan.ts';
export * from './convert-content.ts';
export * from './convert-pieces.ts';
export { typesOf } from './encoded-types.ts';
export { convertTypes, type TypesConversion } from './convert-types.ts';
export type { Walk, WalkRequest } from './element-walk.ts';
export * from './line-wrap.ts';
export { type MadePiece, octetsOfPieces, sizeOf } from './made-pieces.ts';
export { type Repertoire, repertoires } from './repertoires.ts';
export * from './text-loss.ts';
export * from './text-part.ts';
export * from './text-reader.ts';
export * from './text-writer.ts';
export {
  type ContentDowngradeOptions,
  downgradeContent,
  type DowngradedContent,
} from './downgrade-content.ts';
