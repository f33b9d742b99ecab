// Whether a copy or a tracking record answers a query. Shared by the adapters, so that they agree.
// Addresses are compared as text: parts of it, ignoring case.

import type { CopyQuery, CopySummary, TrackingQuery, TrackingRecord } from './port.ts';

/** How many answers a query gets that names no limit. */
export const defaultLimit = 1000;

/** Whether a copy answers the query (its paging aside). */
export function matchesCopy(query: CopyQuery, copy: CopySummary): boolean {
  if (query.nextHop !== undefined && copy.nextHop !== query.nextHop) return false;
  if (query.state !== undefined && copy.state !== query.state) return false;
  if (query.mtsIdentifier !== undefined && copy.mtsIdentifier !== query.mtsIdentifier) return false;
  if (!contains(copy.originator, query.originator)) return false;
  return (
    query.recipient === undefined || copy.recipients.some(({ address }) => contains(address, query.recipient))
  );
}

/** Whether a tracking record answers the query. `since` is included, `until` is not. */
export function matchesTracking(query: TrackingQuery, record: TrackingRecord): boolean {
  if (query.mtsIdentifier !== undefined && record.mtsIdentifier !== query.mtsIdentifier) return false;
  if (query.act !== undefined && record.act !== query.act) return false;
  if (query.since !== undefined && record.at < query.since) return false;
  if (query.until !== undefined && record.at >= query.until) return false;
  if (!contains(record.originator, query.originator)) return false;
  return (
    query.recipient === undefined || record.recipients.some((address) => contains(address, query.recipient))
  );
}

/** False only if the record whose JSON this is cannot answer the query. */
export function mayMatch({ originator, recipient, act }: TrackingQuery, json: string): boolean {
  if (act !== undefined && !json.includes(act)) return false;
  const parts = [originator, recipient].filter((part) => part !== undefined && isPlain.test(part));
  return parts.every((part) => contains(json, part));
}

/** What stands in JSON as it is. */
const isPlain = /^[ !#-[\]-~]*$/;

function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}
