// Which P1 a link speaks, and the way between it and what is stored here, which is always 1988: what comes
// from a peer of 1984 is upgraded on the way in; what goes to one is downgraded on the way out, and what
// cannot be is that recipient's outcome (X.419 Annex B). Pure.

import type { DecodeError } from '../asn1/index.ts';
import { ok, type Result } from '../base/result.ts';
import { atOnce, type Steps } from '../base/steps.ts';
import type { LinkConfiguration } from '../config/index.ts';
import {
  type DowngradeFailure,
  downgradeMessageEnvelopeInSteps,
  downgradeTo1984InSteps,
  type EnvelopePrefix,
  isExternal,
  envelopePrefix1984InSteps,
  envelopePrefixInSteps,
  mpduInSteps,
  type MTSAPDU,
  mtsAPDUInSteps,
  upgradeFrom1984InSteps,
  upgradeUMPDUEnvelopeInSteps,
} from '../p1/index.ts';
import type { StoredValue } from './stored-value.ts';

type Mode = LinkConfiguration['mode'];

/** Whether the peer speaks P1 of 1984: application protocol 1 of X.410-1984 mode. */
export function speaks1984(mode: Mode): boolean {
  return mode === 'x410-1984';
}

/** The MTS-APDU that a peer of this mode sent. */
export function decodeFromPeer(octets: Uint8Array, mode: Mode): Result<MTSAPDU, DecodeError> {
  return atOnce(apduFromPeer(octets, mode));
}

/** The same in steps. */
export function* apduFromPeer(octets: Uint8Array, mode: Mode): Steps<Result<MTSAPDU, DecodeError>> {
  if (!speaks1984(mode)) return yield* mtsAPDUInSteps(octets);
  const mpdu = yield* mpduInSteps(octets);
  return mpdu.ok ? ok(yield* upgradeFrom1984InSteps(mpdu.value)) : mpdu;
}

/** `envelopePrefixInSteps` for what a peer of this mode sends. */
export function envelopePrefixFrom(mode: Mode): (prefix: Uint8Array) => Steps<EnvelopePrefix> {
  return speaks1984(mode) ? upgradedPrefix : envelopePrefixInSteps;
}

/** The recipients that P1 of 1984 has no form for; none where the peer speaks that of 1988. */
export function* undowngradable(value: StoredValue, mode: Mode): Steps<readonly DowngradeFailure[]> {
  if (!speaks1984(mode)) return [];
  switch (value.kind) {
    case 'message':
      return (yield* downgradeMessageEnvelopeInSteps(value.envelope)).failed;
    case 'probe':
      return (yield* downgradeTo1984InSteps({ kind: 'probe', value: value.envelope })).failed;
    case 'report':
      return [];
  }
}

function* upgradedPrefix(prefix: Uint8Array): Steps<EnvelopePrefix> {
  const found = yield* envelopePrefix1984InSteps(prefix);
  if (found.kind !== 'message') return found;
  const envelope = yield* upgradeUMPDUEnvelopeInSteps(found.envelope);
  return { ...found, envelope, opensExternal: isExternal(envelope.contentType) };
}
