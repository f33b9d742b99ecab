// The acts that tracking knows, and what each means to the books of a message. The one list: the audit, the
// searches and the documents go by it.

/**
 * `opens`: from now on its recipients are owed an outcome. `closes`: they have it. `replaces`: they have it,
 * and others in their place are owed one. `notes`: what happened on the way.
 */
export const trackingActs = {
  'transferred-in': 'opens',
  submitted: 'opens',
  imported: 'opens',
  'report-generated': 'opens',
  'transferred-out': 'closes',
  delivered: 'closes',
  reported: 'closes',
  deleted: 'closes',
  exported: 'closes',
  discarded: 'closes',
  redirected: 'replaces',
  'dl-expanded': 'replaces',
  deferred: 'notes',
  held: 'notes',
  released: 'notes',
  rerouted: 'notes',
  'priority-changed': 'notes',
  downgraded: 'notes',
  expired: 'notes',
  refused: 'notes',
  returned: 'notes',
  quarantined: 'notes',
} as const;

export type TrackingAct = keyof typeof trackingActs;

/** All acts by name. */
export const actNames = Object.keys(trackingActs) as readonly TrackingAct[];

/** Whether the act makes its recipients wait for an outcome. */
export function opens(act: TrackingAct): boolean {
  return trackingActs[act] === 'opens';
}

/** Whether the act is an outcome of its recipients. */
export function closes(act: TrackingAct): boolean {
  return trackingActs[act] === 'closes' || trackingActs[act] === 'replaces';
}
