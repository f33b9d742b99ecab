// What every adapter must do, as cases that run in any room. An adapter is one if all of them pass; the
// tests run them on each.

import { archiveCases } from './compliance-archive.ts';
import { changeCases } from './compliance-changes.ts';
import { contentCases } from './compliance-content.ts';
import type { ComplianceCase } from './compliance-fixtures.ts';
import { identifierCases } from './compliance-identifiers.ts';
import { operatorCases } from './compliance-operators.ts';
import { queueCases } from './compliance-queue.ts';
import { ledgerCases } from './compliance-ledger.ts';
import { searchCases } from './compliance-search.ts';
import { splitCases } from './compliance-splits.ts';

export type { ComplianceCase, ComplianceRoom } from './compliance-fixtures.ts';

export const complianceCases: readonly ComplianceCase[] = [
  ...queueCases,
  ...changeCases,
  ...splitCases,
  ...operatorCases,
  ...identifierCases,
  ...searchCases,
  ...ledgerCases,
  ...contentCases,
  ...archiveCases,
];
