// The door of the transfer room: the Message Transfer Agent and the ports that it needs.

export { MessageTransferAgent } from './agent.ts';
export type { AgentParts } from './agent-parts.ts';
export { ArchiveMoves } from './archive-moves.ts';
export type { Arriving } from './arriving.ts';
export * from './content-converter.ts';
export type { LinkCommand } from './link-commands.ts';
export type { LinkRunner } from './link-runner.ts';
export type * from './list-members.ts';
export type * from './local-delivery.ts';
export type * from './ports.ts';
export type { CommandOutcome, QueueCommand } from './queue-commands.ts';
export { Slices } from './slices.ts';
export { decodeStored, encodeStored, type StoredValue } from './stored-value.ts';
export type { ToleranceCount } from './tolerance-use.ts';
export { outgoingApdu } from './outgoing.ts';
export { within } from './within.ts';
