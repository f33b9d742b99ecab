// The door of dissection: the octets of a connection, layer by layer, for people.

export { ConnectionDissection, type Direction } from './connection-dissection.ts';
export type { DissectedLayer, Finding } from './finding.ts';
