// TPDUs and SPDUs as lines for people: the parameters by the names of X.224 and X.225.

import { latin1, toHex } from '../../../base/octets.ts';
import type { ReceivedSpdu, SpduKind } from '../../session/spdu.ts';
import { disconnectReasonName, type Tpdu } from '../../transport/tpdu.ts';

/** X.225 clause 8.3: the SPDUs by their names. */
export const spduNames: Readonly<Record<SpduKind, string>> = {
  CN: 'CONNECT',
  OA: 'OVERFLOW ACCEPT',
  CDO: 'CONNECT DATA OVERFLOW',
  AC: 'ACCEPT',
  RF: 'REFUSE',
  FN: 'FINISH',
  DN: 'DISCONNECT',
  NF: 'NOT FINISHED',
  AB: 'ABORT',
  AA: 'ABORT ACCEPT',
  DT: 'DATA TRANSFER',
  GT: 'GIVE TOKENS',
  PT: 'PLEASE TOKENS',
  GTC: 'GIVE TOKENS CONFIRM',
  GTA: 'GIVE TOKENS ACK',
  MIP: 'MINOR SYNC POINT',
  MIA: 'MINOR SYNC ACK',
  ER: 'EXCEPTION REPORT',
  ED: 'EXCEPTION DATA',
  AS: 'ACTIVITY START',
  AR: 'ACTIVITY RESUME',
  AI: 'ACTIVITY INTERRUPT',
  AIA: 'ACTIVITY INTERRUPT ACK',
  AD: 'ACTIVITY DISCARD',
  ADA: 'ACTIVITY DISCARD ACK',
  AE: 'ACTIVITY END',
  AEA: 'ACTIVITY END ACK',
};

/** The parameters of a TPDU. */
export function tpduLines(tpdu: Tpdu): readonly string[] {
  switch (tpdu.kind) {
    case 'CR':
    case 'CC':
      return present({
        destination: tpdu.destination,
        source: tpdu.source,
        class: tpdu.class,
        'alternative classes':
          tpdu.alternativeClasses.length > 0 ? tpdu.alternativeClasses.join(' ') : undefined,
        'TPDU size': tpdu.tpduOctets,
        'calling selector': tpdu.calling && selectorText(tpdu.calling),
        'called selector': tpdu.called && selectorText(tpdu.called),
      });
    case 'DR':
      return present({
        destination: tpdu.destination,
        source: tpdu.source,
        reason: `${tpdu.reason} ${disconnectReasonName(tpdu.reason)}`,
      });
    case 'DC':
      return present({ destination: tpdu.destination, source: tpdu.source });
    case 'DT':
      return [`${tpdu.userData.length} octets${tpdu.endOfTsdu ? ', end of TSDU' : ''}`];
    case 'ER':
      return present({ cause: tpdu.cause, 'rejected TPDU': tpdu.invalidTpdu && toHex(tpdu.invalidTpdu) });
  }
}

/** The parameters of an SPDU; user data by their length. */
export function spduLines(spdu: ReceivedSpdu): readonly string[] {
  const { kind: _, identifier, link, tsduMaximum, userData, ...rest } = spdu;
  return present({
    'user reference': identifier?.userReference && toHex(identifier.userReference),
    'common reference': identifier?.commonReference && octetText(identifier.commonReference),
    'additional reference': identifier?.additionalReference && octetText(identifier.additionalReference),
    'old activity': link && toHex(link.oldActivity),
    'old serial number': link?.serialNumber,
    'TSDU maximum':
      tsduMaximum && `${tsduMaximum.toAcceptor} to acceptor, ${tsduMaximum.toInitiator} to initiator`,
    versions: rest.versions && bitText(rest.versions),
    requirements: rest.requirements && `0x${rest.requirements.toString(16).padStart(4, '0')}`,
    'protocol options': rest.protocolOptions,
    'initial serial number': rest.initialSerialNumber,
    'token setting': rest.tokenSetting && `0x${rest.tokenSetting.toString(16)}`,
    tokens: rest.tokens && `0x${rest.tokens.toString(16)}`,
    'sync type': rest.syncType,
    'transport disconnect': rest.transportDisconnect,
    enclosure: rest.enclosure,
    activity: rest.activity && toHex(rest.activity),
    'serial number': rest.serialNumber,
    reason: rest.reason,
    'reflected parameters': rest.reflected && toHex(rest.reflected),
    'calling selector': rest.callingSelector && selectorText(rest.callingSelector),
    'called selector': rest.calledSelector && selectorText(rest.calledSelector),
    'data overflow': rest.dataOverflow,
    'user data': userData && `${userData.length} octets`,
  });
}

function present(pairs: Readonly<Record<string, string | number | undefined>>): readonly string[] {
  return Object.entries(pairs).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
}

/** A selector as text where it is text, and in hexadecimal. */
function selectorText(octets: Uint8Array): string {
  return `${octetText(octets)} (hex:${toHex(octets)})`;
}

function octetText(octets: Uint8Array): string {
  return `"${latin1(octets).replace(/[^\x20-\x7e]/g, '.')}"`;
}

function bitText(versions: number): string {
  return [1, 2].filter((version) => (versions & version) !== 0).join(' and ');
}
