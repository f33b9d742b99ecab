// What an operator may do to a link, beside its configuration. Everything here is a switch of the running
// MTA: after a restart, or a reload that changes the link, the configuration's word counts again.

import type { Millis } from '../base/time.ts';
import type { PriorityLimit } from '../scheduler/index.ts';

/** Calls of ours with what goes over them, or calls of the peer. */
export type LinkDirection = 'out' | 'in';

export type LinkCommand =
  /** Without a direction, both. */
  | { readonly kind: 'enable' | 'disable'; readonly direction?: LinkDirection | undefined }
  /** Calls the peer now, whatever delays or the schedule say. */
  | { readonly kind: 'connect' }
  /** Transfers under way end, then associations are closed; the peer is not called for so long. */
  | { readonly kind: 'disconnect'; readonly for?: Millis | undefined }
  /** The peer is not called for so long; what stands goes on. */
  | { readonly kind: 'delay'; readonly for: Millis }
  /** Delays are forgotten; the peer is called as soon as there is a reason. */
  | { readonly kind: 'clear-delay' }
  /** Only these priorities are sent; without a limit, all again. */
  | { readonly kind: 'limit'; readonly limit?: PriorityLimit | undefined };

/** A command as an event tells it. */
export function commandText(command: LinkCommand): string {
  switch (command.kind) {
    case 'enable':
    case 'disable':
      return command.direction === undefined ? command.kind : `${command.kind} ${command.direction}`;
    case 'disconnect':
    case 'delay':
      return command.for === undefined ? command.kind : `${command.kind} for ${command.for / 1000} s`;
    case 'limit':
      return command.limit === undefined ? 'limit: none' : `limit: ${command.limit.priorities.join(', ')}`;
    default:
      return command.kind;
  }
}
