// Builds the five machines of one association from its options.

import { AcseMachine } from '../acse/machine.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import { PresentationMachine } from '../presentation/machine.ts';
import { RtseMachine } from '../rtse/machine.ts';
import { SessionMachine } from '../session/machine.ts';
import { TransportMachine } from '../transport/machine.ts';
import { mtsTransfer, supportsAbstractSyntax } from './mts-transfer.ts';
import type { AssociationOptions } from './service.ts';

export interface Machines {
  readonly transport: TransportMachine;
  readonly session: SessionMachine;
  readonly presentation: PresentationMachine;
  readonly acse: AcseMachine;
  readonly rtse: RtseMachine;
}

export function machinesOf(options: AssociationOptions, tolerates: Tolerates): Machines {
  const { role, mode, called, calling, connectionReference, limits, timers, offer } = options;
  const accepts = selectorChecks(options);
  return {
    transport: new TransportMachine({
      role,
      reference: transportReference(connectionReference),
      tpdu_octets_max: limits.tpdu_octets_max,
      tsdu_octets_max: limits.tsdu_octets_max,
      open_ms: timers.open_ms,
      acceptsTransportSelector: accepts.transport,
      tolerates,
    }),
    session: new SessionMachine({
      acceptsSelector: accepts.session,
      tolerates,
      calledTransportSelector: called.transport,
      callingTransportSelector: calling.transport,
      open_ms: timers.open_ms,
      release_ms: timers.disconnect_ms,
      abort_ms: timers.disconnect_ms,
      ssdu_octets_max: limits.tsdu_octets_max,
    }),
    presentation: new PresentationMachine({
      supports: supportsAbstractSyntax,
      acceptsSelector: accepts.presentation,
    }),
    acse: new AcseMachine(tolerates),
    rtse: new RtseMachine({
      role,
      mode,
      application: mtsTransfer,
      called,
      calling,
      identifier: connectionReference,
      offer,
      timers,
      tolerates,
    }),
  };
}

type SelectorCheck = (called: Uint8Array | undefined) => boolean;

/** An address is checked from below: each layer's selector together with those that were called under it. */
function selectorChecks(
  options: AssociationOptions,
): Readonly<Record<'transport' | 'session' | 'presentation', SelectorCheck>> {
  let transport: Uint8Array | undefined;
  let session: Uint8Array | undefined;
  return {
    transport: (called) => {
      transport = called;
      return options.acceptsTransportSelector(called);
    },
    session: (called) => {
      session = called;
      return options.acceptsSessionSelector?.({ transport, session }) ?? true;
    },
    presentation: (presentation) =>
      options.acceptsPresentationSelector?.({ transport, session, presentation }) ?? true,
  };
}

/** A transport reference only has to be there (one transport connection a network connection): any but 0. */
function transportReference(reference: AssociationOptions['connectionReference']): number {
  let sum = 0;
  for (const octet of reference.userReference) sum = (sum * 31 + octet) % 0xffff;
  return sum + 1;
}
