// The security elements that an envelope or a bind carries (X.411 06/1999, "Token", "Security Label", 8.5.8
// to 8.5.10), declared as far as relaying and printing need: certificates and certificate assertions stay
// uninterpreted, signatures keep their algorithm and bits. Nothing is verified here.

import {
  bitString,
  choice,
  ctx,
  type Infer,
  namedInteger,
  objectIdentifier,
  optional,
  printableString,
  raw,
  sequence,
  set,
  setOf,
} from '../asn1/index.ts';
import { Name, ub } from '../address/index.ts';

export const AlgorithmIdentifier = sequence({
  algorithm: objectIdentifier(),
  parameters: optional(raw()),
});
export interface AlgorithmIdentifier extends Infer<typeof AlgorithmIdentifier> {}

/** SIGNATURE{…}: the algorithm and the signature's bits. */
export const Signature = sequence({ algorithmIdentifier: AlgorithmIdentifier, signature: bitString() });
export interface Signature extends Infer<typeof Signature> {}

export const Certificates = sequence({ userCertificate: raw(), certificationPath: optional(raw()) });
export interface Certificates extends Infer<typeof Certificates> {}

/** CertificateAssertion (X.509): its components are kept as unknown elements. */
export const CertificateAssertion = sequence({});

export const CertificateSelectors = set({
  encryptionRecipient: optional(ctx(0, CertificateAssertion)),
  encryptionOriginator: optional(ctx(1, CertificateAssertion)),
  contentIntegrityCheck: optional(ctx(2, CertificateAssertion)),
  tokenSignature: optional(ctx(3, CertificateAssertion)),
  messageOriginAuthentication: optional(ctx(4, CertificateAssertion)),
});
export interface CertificateSelectors extends Infer<typeof CertificateSelectors> {}

export const ExtendedCertificate = choice({
  directoryEntry: ctx(0, Name),
  certificate: ctx(1, Certificates),
});
export const ExtendedCertificates = setOf(ExtendedCertificate, { size: [1, ub.ubCertificates] });

export const Token = sequence({ tokenTypeIdentifier: ctx(0, objectIdentifier()), token: ctx(1, raw()) });
export interface Token extends Infer<typeof Token> {}

export const SecurityClassification = namedInteger({
  unmarked: 0,
  unclassified: 1,
  restricted: 2,
  confidential: 3,
  secret: 4,
  'top-secret': 5,
});

export const SecurityCategory = sequence({ type: ctx(0, objectIdentifier()), value: ctx(1, raw()) });
export interface SecurityCategory extends Infer<typeof SecurityCategory> {}

export const SecurityLabel = set({
  securityPolicyIdentifier: optional(objectIdentifier()),
  securityClassification: optional(SecurityClassification),
  privacyMark: optional(printableString({ size: [1, ub.ubPrivacyMarkLength] })),
  securityCategories: optional(setOf(SecurityCategory, { size: [1, ub.ubSecurityCategories] })),
});
export interface SecurityLabel extends Infer<typeof SecurityLabel> {}

export const SecurityContext = setOf(SecurityLabel, { size: [1, ub.ubSecurityLabels] });
