// The SPDUs (X.225 8) as values: one flat set of parameters, and for each SPDU its code, its category and
// the parameters it carries in the order of its table in clause 8.3. Not here: octets, which
// `spdu-encoder.ts` and `spdu-decoder.ts` write and read from this declaration.

import type { ActivityLink, SessionConnectionIdentifier } from './service.ts';

export type SpduKind =
  | 'CN'
  | 'OA'
  | 'CDO'
  | 'AC'
  | 'RF'
  | 'FN'
  | 'DN'
  | 'NF'
  | 'AB'
  | 'AA'
  | 'DT'
  | 'GT'
  | 'PT'
  | 'GTC'
  | 'GTA'
  | 'MIP'
  | 'MIA'
  | 'ER'
  | 'ED'
  | 'AS'
  | 'AR'
  | 'AI'
  | 'AIA'
  | 'AD'
  | 'ADA'
  | 'AE'
  | 'AEA';

/** Every parameter that an SPDU of ours may carry. `Data` is one array when received, pieces when sent. */
export interface SpduParameters<Data> {
  /** PGI 1; the user reference is PI 10 (calling) in CN and PI 9 (called) in AC and RF. */
  readonly identifier?: SessionConnectionIdentifier;
  /** PI 19: bit 1, able to receive extended concatenated SPDUs. */
  readonly protocolOptions?: number;
  /** PI 21: the largest TSDU towards the acceptor and towards the initiator; 0: no limit. */
  readonly tsduMaximum?: { readonly toAcceptor: number; readonly toInitiator: number };
  /** PI 22: bit 1, version 1; bit 2, version 2. */
  readonly versions?: number;
  /** PI 23. */
  readonly initialSerialNumber?: number;
  /** PI 26: two bits a token. */
  readonly tokenSetting?: number;
  /** PI 15: bit 1, no explicit confirmation wanted. */
  readonly syncType?: number;
  /** PI 16: one bit a token. */
  readonly tokens?: number;
  /** PI 17: bit 1, connection released; 2, user abort; 3, protocol error; 4, no reason. */
  readonly transportDisconnect?: number;
  /** PI 20: functional units. */
  readonly requirements?: number;
  /** PI 25: bit 1, beginning of the SSDU; bit 2, its end. */
  readonly enclosure?: number;
  /** PGI 33. */
  readonly link?: ActivityLink;
  /** PI 41. */
  readonly activity?: Uint8Array;
  /** PI 42. */
  readonly serialNumber?: number;
  /** PI 49: what the sender of an AB or ER could not understand. */
  readonly reflected?: Uint8Array;
  /** PI 50: its first octet; in an RF user data follow in the same parameter. */
  readonly reason?: number;
  /** PI 51. */
  readonly callingSelector?: Uint8Array;
  /** PI 52: called in a CN, responding in an AC. */
  readonly calledSelector?: Uint8Array;
  /** PI 60: bit 1, more user data follow in CDO SPDUs. */
  readonly dataOverflow?: number;
  /** PGI 193 or 194, PI 46 of an MIA, the rest of PI 50 in an RF, the user information of a DT. */
  readonly userData?: Data;
}
export type ParameterName = keyof SpduParameters<unknown>;

export interface Spdu<Data> extends SpduParameters<Data> {
  readonly kind: SpduKind;
}
export interface ReceivedSpdu extends Spdu<Uint8Array> {
  /** The last of its parameters that X.225 does not have. */
  readonly unknownParameter?: number;
}
export type SpduToSend = Spdu<readonly Uint8Array[]>;

/** X.225 6.3.7: category 0 may precede category 2, which it must; category 1 stands alone. */
export type SpduCategory = 0 | 1 | 2;

export interface SpduForm {
  readonly code: number;
  readonly category: SpduCategory;
  /** The category 0 SPDU that goes before it in the same TSDU (X.225 table 7). */
  readonly after?: 'GT' | 'PT';
  /** In the order in which they are sent. */
  readonly parameters: readonly ParameterName[];
  /** Without these a received SPDU is none. */
  readonly mandatory: readonly ParameterName[];
}

const alone = (code: number, parameters: readonly ParameterName[]): SpduForm => ({
  code,
  category: 1,
  parameters,
  mandatory: [],
});

const connectAccept = [
  'identifier',
  'protocolOptions',
  'tsduMaximum',
  'versions',
  'initialSerialNumber',
  'tokenSetting',
] as const;

/** X.225 8.3. Of the connect/accept item (PGI 5) the parameters stand here one by one. */
export const spduForms: Readonly<Record<SpduKind, SpduForm>> = {
  CN: alone(13, [
    ...connectAccept,
    'requirements',
    'callingSelector',
    'calledSelector',
    'dataOverflow',
    'userData',
  ]),
  OA: alone(16, ['tsduMaximum', 'versions']),
  CDO: alone(15, ['enclosure', 'userData']),
  AC: alone(14, [
    ...connectAccept,
    'tokens',
    'requirements',
    'enclosure',
    'callingSelector',
    'calledSelector',
    'userData',
  ]),
  RF: alone(12, [
    'identifier',
    'transportDisconnect',
    'requirements',
    'versions',
    'enclosure',
    'reason',
    'userData',
  ]),
  FN: alone(9, ['transportDisconnect', 'enclosure', 'userData']),
  DN: alone(10, ['enclosure', 'userData']),
  NF: alone(8, ['enclosure', 'userData']),
  AB: alone(25, ['transportDisconnect', 'enclosure', 'reflected', 'userData']),
  AA: alone(26, []),
  GTC: alone(21, []),
  GTA: alone(22, []),
  GT: { code: 1, category: 0, parameters: ['tokens'], mandatory: [] },
  PT: { code: 2, category: 0, parameters: ['tokens', 'enclosure', 'userData'], mandatory: [] },
  DT: { code: 1, category: 2, after: 'GT', parameters: ['enclosure', 'userData'], mandatory: [] },
  MIP: {
    code: 49,
    category: 2,
    after: 'GT',
    parameters: ['syncType', 'serialNumber', 'enclosure', 'userData'],
    mandatory: ['serialNumber'],
  },
  MIA: {
    code: 50,
    category: 2,
    after: 'PT',
    parameters: ['serialNumber', 'enclosure', 'userData'],
    mandatory: ['serialNumber'],
  },
  ER: { code: 0, category: 2, after: 'PT', parameters: ['reflected'], mandatory: [] },
  ED: {
    code: 48,
    category: 2,
    after: 'PT',
    parameters: ['reason', 'enclosure', 'userData'],
    mandatory: ['reason'],
  },
  AS: {
    code: 45,
    category: 2,
    after: 'GT',
    parameters: ['activity', 'enclosure', 'userData'],
    mandatory: ['activity'],
  },
  AR: {
    code: 29,
    category: 2,
    after: 'GT',
    parameters: ['link', 'activity', 'enclosure', 'userData'],
    mandatory: ['link', 'activity'],
  },
  AI: { code: 25, category: 2, after: 'GT', parameters: ['reason'], mandatory: [] },
  AIA: { code: 26, category: 2, after: 'PT', parameters: [], mandatory: [] },
  AD: { code: 57, category: 2, after: 'GT', parameters: ['reason'], mandatory: [] },
  ADA: { code: 58, category: 2, after: 'PT', parameters: [], mandatory: [] },
  AE: {
    code: 41,
    category: 2,
    after: 'GT',
    parameters: ['serialNumber', 'enclosure', 'userData'],
    mandatory: ['serialNumber'],
  },
  AEA: {
    code: 42,
    category: 2,
    after: 'PT',
    parameters: ['serialNumber', 'enclosure', 'userData'],
    mandatory: ['serialNumber'],
  },
};

/** The identifiers of parameter groups (PGI) and parameters (PI). */
export const PI = {
  connectionIdentifier: 1,
  connectAcceptItem: 5,
  calledUserReference: 9,
  callingUserReference: 10,
  commonReference: 11,
  additionalReference: 12,
  syncType: 15,
  tokens: 16,
  transportDisconnect: 17,
  protocolOptions: 19,
  requirements: 20,
  tsduMaximum: 21,
  versions: 22,
  initialSerialNumber: 23,
  enclosure: 25,
  tokenSetting: 26,
  linkingInformation: 33,
  activity: 41,
  serialNumber: 42,
  miaUserData: 46,
  reflected: 49,
  reason: 50,
  callingSelector: 51,
  calledSelector: 52,
  dataOverflow: 60,
  userData: 193,
  extendedUserData: 194,
} as const;

/** PGI 193 holds up to here in a CN; more goes into PGI 194 (X.225 8.3.1). */
export const USER_DATA_OCTETS_MAX = 512;
/** PGI 194 holds up to here; more goes into CDO SPDUs. */
export const EXTENDED_USER_DATA_OCTETS_MAX = 10_240;
export const ENCLOSURE = { middle: 0, beginning: 1, end: 2, whole: 3 } as const;
export const DISCONNECT = { released: 1, userAbort: 2, protocolError: 4, noReason: 8 } as const;
