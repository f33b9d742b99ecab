// Reads and writes the APDUs of ACSE, and the EXTERNALs of their user information (X.227 9): what an EXTERNAL
// names by its indirect reference is a data value in that presentation context. Never throws on what came.

import { decode, encode, type External, type Infer, rawOctets, rawOf } from '../../asn1/index.ts';
import { concat } from '../../base/octets.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { BASIC_ENCODING } from '../presentation/service.ts';
import { ACSEapdu } from './apdu.ts';
import type { PresentationDataReceived, PresentationDataValue } from './service.ts';

type Apdu = Infer<typeof ACSEapdu>;

export function encodeApdu(apdu: Apdu): Uint8Array {
  return encode(ACSEapdu, apdu);
}

/** The APDU in context `context` among `values` (the first one), or why there is none. */
export function findApdu(
  values: readonly PresentationDataReceived[],
  context: number | undefined,
): Result<Apdu, string> {
  const value = values.find((candidate) => candidate.context === context);
  if (value === undefined) return err('no data value in the context of ACSE');
  const decoded = decode(ACSEapdu, value.value);
  return decoded.ok ? ok(decoded.value) : err(decoded.error.message);
}

/** User information as ACSE sends it: with both references (X.227 7.1.5, as every peer known does). */
export function userInformation(values: readonly PresentationDataValue[]): readonly External[] | undefined {
  if (values.length === 0) return undefined;
  return values.map(({ context, value }) => ({
    directReference: BASIC_ENCODING,
    indirectReference: context,
    encoding: { kind: 'singleASN1Type', value: rawOf(concat(value)) },
  }));
}

/** The data values in user information. Those without a context, or of odd bits, are passed over. */
export function readUserInformation(externals: readonly External[] | undefined): PresentationDataReceived[] {
  const values: PresentationDataReceived[] = [];
  for (const { indirectReference: context, encoding } of externals ?? []) {
    if (context === undefined || encoding.kind === 'arbitrary') continue;
    const value = encoding.kind === 'singleASN1Type' ? rawOctets(encoding.value) : encoding.value;
    values.push({ context, value });
  }
  return values;
}
