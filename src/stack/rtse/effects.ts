// What one step of the RTSE machine says, in order, and the internal event it may raise. Shared by the
// machine and its two halves, the sender and the receiver.

import type { AcseIndication, AcseRequest } from '../acse/service.ts';
import type { LayerOutput, ProtocolViolation } from '../kernel/machine.ts';
import type { PresentationIndication, PresentationRequest } from '../presentation/service.ts';
import type { RTIndication } from './service.ts';
import type { RtseEvent } from './states.ts';

/** What ACSE carries, and what RTSE never hears of presentation. */
type AcsesKinds = 'PCONreq' | 'PCONrsp+' | 'PCONrsp-' | 'PRELreq' | 'PRELrsp+' | 'PUABreq';
type AcsesIndications = 'PCONind' | 'PCONcnf+' | 'PCONcnf-' | 'PRELind' | 'PRELcnf+' | 'PUABind' | 'PPABind';

export type RtseSays = AcseRequest | Exclude<PresentationRequest, { kind: AcsesKinds }>;
export type RtseHears =
  | AcseIndication
  | Exclude<PresentationIndication, { kind: AcsesIndications }>
  /** Local: the network connection stands; the open timer starts. */
  | { readonly kind: 'NCONlocal' };
export type RtseOutput = LayerOutput<RTIndication, RtseSays>;

export class Effects {
  #outputs: RtseOutput[] = [];
  #raised: RtseEvent | undefined;

  /** To the user. */
  up(primitive: RTIndication): void {
    this.#outputs.push({ to: 'above', primitive });
  }

  /** To ACSE or presentation. */
  down(primitive: RtseSays): void {
    this.#outputs.push({ to: 'below', primitive });
  }

  log(violation: ProtocolViolation): void {
    this.#outputs.push({ to: 'log', violation });
  }

  /** An internal event, taken after the branch that raised it. */
  raise(event: RtseEvent): void {
    this.#raised = event;
  }

  takeRaised(): RtseEvent | undefined {
    const raised = this.#raised;
    this.#raised = undefined;
    return raised;
  }

  take(): readonly RtseOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}
