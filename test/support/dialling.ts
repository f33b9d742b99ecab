// A network in the hands of a test: every dial waits until the test answers it, and the test speaks as the
// stack and the peer behind it.

import assert from 'node:assert/strict';
import type { LinkConfiguration } from '../../src/config/index.ts';
import { bindResultOctets } from '../../src/transfer/bind.ts';
import type { AssociationUser, DialRequest, Network } from '../../src/transfer/ports.ts';
import { HandleInHand } from './transfer.ts';

/** One connection that stands: what our side asks for is in `handle`, what it hears comes from `user`. */
export interface Dialled {
  readonly handle: HandleInHand;
  readonly user: AssociationUser;
}

export class NetworkInHand implements Network {
  readonly dials: DialRequest[] = [];
  givenUp = 0;

  dial(request: DialRequest): () => void {
    this.dials.push(request);
    return () => {
      this.givenUp += 1;
    };
  }

  /** The TCP connection of the oldest dial stands. */
  connect(): Dialled {
    const request = this.dials.shift();
    assert.ok(request !== undefined, 'somebody dials');
    const handle = new HandleInHand();
    const user = request.opened(handle);
    // A destroyed connection is closed, as the net room has it.
    const destroy = handle.destroy.bind(handle);
    handle.destroy = (detail) => {
      if (handle.destroyed !== undefined) return;
      destroy(detail);
      user.onClosed(detail);
    };
    return { handle, user };
  }

  /** The oldest dial fails. */
  fail(code: string): void {
    this.dials.shift()?.failed({ code, detail: 'it did not work' });
  }

  /** The association of the oldest dial opens as it should. */
  open(link: LinkConfiguration): Dialled {
    const dialled = this.connect();
    confirmOpen(dialled, link.peer.mta, link.peer.password);
    return dialled;
  }
}

/** The peer accepts the bind under this name. */
export function confirmOpen({ user }: Dialled, mta: string, password: string | undefined): void {
  user.onIndication({
    kind: 'RTOPENcnf+',
    userData: bindResultOctets({ mta, password }, 'normal'),
    checkpointSize: 30,
    window: 5,
    dialogueMode: 'monologue',
    initialTurn: 'initiator',
  });
}
