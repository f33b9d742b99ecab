// The door of the store: the port and the ways to open it. Nothing else of this room is for other rooms.

export type * from './port.ts';
export { type MemoryStoreOptions, memoryDisk, openMemoryStore } from './memory/store.ts';
export { type SqliteStoreOptions, openSqliteStore } from './sqlite/open.ts';
export { actNames } from './tracking-acts.ts';
export { type AuditSlice, auditDirectory } from './sqlite/audit-directory.ts';
export { type BackupCount, BackupError, backupDirectory } from './sqlite/backup-directory.ts';
export { checkAside, repairAside } from './sqlite/aside.ts';
export { checkDirectory } from './sqlite/check/check-directory.ts';
export { type RepairReport, type RepairStep, repairStore } from './sqlite/repair/repair-directory.ts';
export type { CheckCount, CheckFinding, CheckSlice } from './sqlite/check/finding.ts';
export { StoreOpenError, type StoreOpenProblem } from './open-error.ts';
export { type AuditCount, auditEntry, type Contradiction, emptyCount } from './audit.ts';
export { type Dump, DumpDirectory } from './dump-directory.ts';
export { type InHandEntry, InHandFile } from './in-hand-file.ts';
export { type ArchiveSelection, exportArchive, type ExportOrder } from './archive-export.ts';
export { importArchive, type ImportOrder, type ImportSummary } from './archive-import.ts';
export type { ArchiveTotals } from './archive-entry.ts';
export { removalOf } from './archive-removal.ts';
export { ArchiveWitness } from './archive-witness.ts';
