// Reports on members of a list come to the list: where they go on from there (X.411 06/1999, 14.3.12;
// 12.2.1.3 for the history). By the list's policy to whom the message came from, which is the originator or
// the list before this one, or to the owner. What goes on is marked in the trace, so that it may go where it
// has been. Pure. Invariant: what goes back goes one step back in the history; what goes to an owner is
// passed on by no other list.

import { sameORAddress } from '../address/index.ts';
import type { ListConfiguration } from '../config/index.ts';
import { findExtension, readExtension, type Report, withExtension } from '../p1/index.ts';

/** What becomes of a report that is for a list of ours. */
export interface OnwardReports {
  readonly list: string;
  /** Empty: it ends here. */
  readonly reports: readonly Report[];
}

/** Where a report goes instead of to the list that it is for; undefined if it is for no list of ours. */
export function reportsOnward(
  lists: readonly ListConfiguration[],
  report: Report,
): OnwardReports | undefined {
  if (lists.length === 0) return undefined;
  const { reportDestinationName, extensions } = report.envelope;
  const list = lists.find(({ address }) => sameORAddress(address.address, reportDestinationName));
  if (list === undefined) return undefined;
  const reports: Report[] = [];
  if (list.reports === 'originator' || list.reports === 'both') {
    const history = readExtension(extensions, 'originator-and-DL-expansion-history');
    const names = history.ok ? (history.value ?? []).map(({ originatorOrDLName }) => originatorOrDLName) : [];
    const at = names.findLastIndex((name) => sameORAddress(name, list.address.address));
    if (at > 0) reports.push(withDestination(report, { reportDestinationName: names[at - 1] }));
  }
  const passedOn = findExtension(extensions, 'reporting-DL-name') !== undefined;
  if ((list.reports === 'owner' || list.reports === 'both') && list.owner !== undefined && !passedOn) {
    const named = withExtension(extensions, 'reporting-DL-name', list.address.address);
    const toOwner = { reportDestinationName: list.owner.address, extensions: named };
    reports.push(withDestination(report, toOwner));
  }
  return { list: list.name, reports };
}

function withDestination(report: Report, change: Partial<Report['envelope']>): Report {
  const { $raw: _, ...envelope }: Report['envelope'] & { readonly $raw?: unknown } = report.envelope;
  return { envelope: { ...envelope, ...change }, content: report.content };
}
