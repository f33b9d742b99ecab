// The association control service (X.217) as types: what RTSE may say to ACSE and hear from it. Kernel
// functional unit: associate, release, abort. Parameters of the layers below pass through.

import type {
  NegotiatedContext,
  PresentationConnect,
  PresentationContext,
  PresentationDataReceived,
  PresentationDataValue,
  ProviderAbortCause,
  ProviderRefusal,
  SessionParameters,
} from '../presentation/service.ts';

export type {
  NegotiatedContext,
  PresentationContext,
  PresentationDataReceived,
  PresentationDataValue,
  PresentationMode,
  ProviderAbortCause,
  ProviderRefusal,
} from '../presentation/service.ts';
export { X410_CONTEXT } from '../presentation/service.ts';

/** X.227: the abstract syntax of the ACSE APDUs, {joint-iso-itu-t association-control(2) 1 0 1}. */
export const ACSE_ABSTRACT_SYNTAX = '2.2.1.0.1';

/** X.227 Associate-source-diagnostic, service user, as far as it is given or named here. */
export type AssociateDiagnostic =
  | 'null'
  | 'no-reason-given'
  | 'application-context-name-not-supported'
  | 'calling-AP-title-not-recognized';

export type AssociateResult = 'rejected-permanent' | 'rejected-transient';

/** Who refused an association, and what it said. */
export interface AssociateRefusal {
  readonly by: 'transport' | 'session' | 'presentation' | 'acse' | 'user';
  readonly reason: string;
  readonly transient: boolean;
}

export type AcseRequest =
  | ({
      readonly kind: 'AASCreq';
      /** Of normal mode, as in all primitives: X.410-1984 mode has no place for it. */
      readonly applicationContext?: string;
      /** Includes that of ACSE itself; none in X.410-1984 mode. */
      readonly contexts: readonly PresentationContext[];
      readonly userInformation: readonly PresentationDataValue[];
    } & PresentationConnect)
  | ({
      readonly kind: 'AASCrsp+';
      readonly applicationContext?: string;
      readonly userInformation: readonly PresentationDataValue[];
    } & SessionParameters)
  | {
      readonly kind: 'AASCrsp-';
      readonly applicationContext?: string;
      readonly result: AssociateResult;
      readonly diagnostic: AssociateDiagnostic;
      readonly userInformation: readonly PresentationDataValue[];
      /** Refused in the words of a layer below, with no AARE. */
      readonly provider?: ProviderRefusal;
    }
  | { readonly kind: 'ARLSreq' }
  | { readonly kind: 'ARLSrsp+' }
  | { readonly kind: 'AABRreq'; readonly userInformation: readonly PresentationDataValue[] };

export type AcseIndication =
  | ({
      readonly kind: 'AASCind';
      readonly applicationContext?: string;
      readonly contexts: readonly NegotiatedContext[];
      readonly userInformation: readonly PresentationDataReceived[];
    } & PresentationConnect)
  | ({
      readonly kind: 'AASCcnf+';
      readonly applicationContext?: string;
      readonly contexts: readonly NegotiatedContext[];
      readonly userInformation: readonly PresentationDataReceived[];
    } & SessionParameters)
  | {
      readonly kind: 'AASCcnf-';
      readonly refusal: AssociateRefusal;
      readonly userInformation: readonly PresentationDataReceived[];
    }
  | { readonly kind: 'ARLSind' }
  | { readonly kind: 'ARLScnf+' }
  | {
      readonly kind: 'AABRind';
      readonly source: 'user' | 'provider';
      readonly userInformation: readonly PresentationDataReceived[];
    }
  | { readonly kind: 'APABind'; readonly cause: ProviderAbortCause; readonly detail: string };
