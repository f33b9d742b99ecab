// MTABind: argument, result, error (X.411 06/1999, 12.1; X.419 for how they ride in RTORQ, RTOAC and RTORJ).
// The same types serve X.410-1984 mode. Simple credentials are an IA5String or an OCTET STRING: both occur,
// and compare by their octets. Checking them is the transfer room's business.

import { MTAName, ub } from '../address/index.ts';
import {
  bitString,
  choice,
  ctx,
  ia5String,
  type Infer,
  namedInteger,
  nullType,
  octetString,
  optional,
  set,
  utcTime,
} from '../asn1/index.ts';
import { fromLatin1, latin1 } from '../base/octets.ts';
import { Certificates, CertificateAssertion, SecurityContext, Signature, Token } from './security.ts';

export const Password = choice({
  ia5String: ia5String({ size: [0, ub.ubPasswordLength] }),
  octetString: octetString({ size: [0, ub.ubPasswordLength] }),
});
export type Password = Infer<typeof Password>;

export const StrongCredentials = set({
  bindToken: optional(ctx(0, Token)),
  certificate: optional(ctx(1, Certificates)),
  certificateSelector: optional(ctx(2, CertificateAssertion)),
});
export interface StrongCredentials extends Infer<typeof StrongCredentials> {}

export const ProtectedPassword = set({
  signature: Signature,
  time1: optional(ctx(0, utcTime())),
  time2: optional(ctx(1, utcTime())),
  random1: optional(ctx(2, bitString())),
  random2: optional(ctx(3, bitString())),
});
export interface ProtectedPassword extends Infer<typeof ProtectedPassword> {}

export const Credentials = choice({
  simple: Password,
  strong: ctx(0, StrongCredentials),
  protected: ctx(1, ProtectedPassword),
});
export type Credentials = Infer<typeof Credentials>;

export const MTABindArgument = choice({
  unauthenticated: nullType(),
  authenticated: ctx(
    1,
    set({
      initiatorName: ctx(0, MTAName),
      initiatorCredentials: ctx(1, Credentials),
      securityContext: optional(ctx(2, SecurityContext)),
    }),
  ),
});
export type MTABindArgument = Infer<typeof MTABindArgument>;

export const MTABindResult = choice({
  unauthenticated: nullType(),
  authenticated: ctx(1, set({ responderName: ctx(0, MTAName), responderCredentials: ctx(1, Credentials) })),
});
export type MTABindResult = Infer<typeof MTABindResult>;

export const mtaBindErrors = {
  busy: 0,
  'authentication-error': 2,
  'unacceptable-dialogue-mode': 3,
  'unacceptable-security-context': 4,
  'inadequate-association-confidentiality': 5,
} as const;
export const MTABindError = namedInteger(mtaBindErrors);
export type MTABindError = Infer<typeof MTABindError>;

/** A password as simple credentials: an IA5String where it can be one and none other is asked for. */
export function simpleCredentials(password: Uint8Array, form: Password['kind'] = 'ia5String'): Credentials {
  const ia5 = password.every((octet) => octet < 128);
  return form === 'ia5String' && ia5
    ? { kind: 'simple', value: { kind: 'ia5String', value: latin1(password) } }
    : { kind: 'simple', value: { kind: 'octetString', value: password } };
}

/** The octets of a simple password in either form; undefined for strong and protected credentials. */
export function passwordOctets(credentials: Credentials): Uint8Array | undefined {
  if (credentials.kind !== 'simple') return undefined;
  const password = credentials.value;
  return password.kind === 'ia5String' ? fromLatin1(password.value) : password.value;
}
