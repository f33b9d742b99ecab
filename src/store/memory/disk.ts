// What a memory store keeps: the part that outlives the store when a simulation lets its MTA crash and opens
// another store on the same disk. Claims are no part of it.

import type { Instant } from '../../base/time.ts';
import type {
  CopyId,
  CopyState,
  CopySummary,
  MessageId,
  NewMessage,
  NextHopKey,
  Priority,
  QueuedCopy,
  RecoveryPoint,
  SpoolName,
  StoredContent,
  Strike,
  TrackingRecord,
} from '../port.ts';

export interface MemoryCopy {
  readonly id: CopyId;
  readonly message: MemoryMessage;
  readonly recipients: readonly number[];
  nextHop: NextHopKey;
  priority: Priority;
  state: CopyState;
  notBefore: Instant | undefined;
  attempts: number;
  lastAttemptAt: Instant | undefined;
  lastError: string | undefined;
}
export interface MemoryMessage {
  readonly id: MessageId;
  readonly fields: NewMessage;
  readonly content: StoredContent;
  readonly copies: Set<CopyId>;
}
export interface MemorySpool {
  pieces: Uint8Array[];
  sealed: boolean;
}
export interface MemoryDisk {
  nextId: number;
  readonly messages: Map<MessageId, MemoryMessage>;
  /** In the order of arrival: identifiers rise. */
  readonly copies: Map<CopyId, MemoryCopy>;
  readonly recovery: Map<string, RecoveryPoint>;
  readonly tracking: TrackingRecord[];
  readonly strikes: Map<string, Strike>;
  readonly spools: Map<SpoolName, MemorySpool>;
}

/** An empty disk. Hand the same one to a second store to see what a restart sees. */
export function memoryDisk(): MemoryDisk {
  return {
    nextId: 1,
    messages: new Map(),
    copies: new Map(),
    recovery: new Map(),
    tracking: [],
    strikes: new Map(),
    spools: new Map(),
  };
}

/** What lists show of a copy. */
export function summaryOf(copy: MemoryCopy): CopySummary {
  const { fields, id } = copy.message;
  return {
    copy: copy.id,
    message: id,
    kind: fields.kind,
    mtsIdentifier: fields.mtsIdentifier,
    priority: copy.priority,
    originator: fields.originator,
    recipients: copy.recipients.map((number) => ({ number, address: fields.recipients[number] ?? '' })),
    ...(fields.contentType === undefined ? {} : { contentType: fields.contentType }),
    contentLength: fields.contentLength,
    acceptedAt: fields.acceptedAt,
    expiresAt: fields.expiresAt,
    ...(fields.arrivedBy === undefined ? {} : { arrivedBy: fields.arrivedBy }),
    nextHop: copy.nextHop,
    state: copy.state,
    ...(copy.notBefore === undefined ? {} : { notBefore: copy.notBefore }),
    attempts: copy.attempts,
    ...(copy.lastAttemptAt === undefined ? {} : { lastAttemptAt: copy.lastAttemptAt }),
    ...(copy.lastError === undefined ? {} : { lastError: copy.lastError }),
  };
}

/** The copy with its envelope and, unless it is spooled, its content. */
export function queuedCopyOf(copy: MemoryCopy): QueuedCopy {
  return { ...summaryOf(copy), envelope: copy.message.fields.envelope, content: copy.message.content };
}

/** Whether a message or a recovery point names the spool. */
export function isNamed(disk: MemoryDisk, spool: SpoolName): boolean {
  for (const { content } of disk.messages.values()) {
    if (content.kind === 'spooled' && content.spool === spool) return true;
  }
  for (const point of disk.recovery.values()) if (point.spool === spool) return true;
  return false;
}
