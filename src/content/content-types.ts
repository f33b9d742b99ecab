// The content types that we know by name, with their built-in number (X.411 BuiltInContentType) and the
// object identifier for the Directory, the MS and extended content types (X.411, X.420, X.435, X.440; STANAG
// 4406 for P772; SDN.701 for P42). A content of another type is relayed all the same.

import { type ContentType, builtInContentTypes } from '../p1/index.ts';

export interface KnownContentType {
  readonly name: string;
  readonly oid: string;
  /** The number that P1 carries rather than the object identifier, where there is one. */
  readonly builtIn?: number;
}

export const knownContentTypes: readonly KnownContentType[] = [
  { name: 'unidentified', oid: '2.6.3.3.0', builtIn: 0 },
  { name: 'P2', oid: '2.6.1.10.0', builtIn: 2 },
  { name: 'P22', oid: '2.6.1.10.1', builtIn: 22 },
  { name: 'EDI', oid: '2.6.7.10.0', builtIn: 35 },
  { name: 'voice', oid: '2.6.8.8.0', builtIn: 40 },
  { name: 'inner-envelope', oid: '2.6.3.3.1' },
  { name: 'P772', oid: '1.3.26.0.4406.0.4.1' },
  { name: 'P42', oid: '2.16.840.1.101.2.1.2.42' },
  { name: 'CSP', oid: '2.16.840.1.101.2.1.2.48' },
];

/** The object identifiers of the two content types of interpersonal messaging. */
export const oidOfP2 = '2.6.1.10.0';
export const oidOfP22 = '2.6.1.10.1';

/** The object identifier of a content type; undefined for a built-in number that has none. */
export function contentTypeOid(type: ContentType): string | undefined {
  if (type.kind === 'extended') return type.value;
  const number = builtInNumber(type.value);
  return knownContentTypes.find((known) => known.builtIn === number)?.oid;
}

/** The content type as P1 carries it: the built-in number where there is one. */
export function contentTypeOfOid(oid: string): ContentType {
  const number = knownContentTypes.find((known) => known.oid === oid)?.builtIn;
  if (number === undefined) return { kind: 'extended', value: oid };
  return { kind: 'builtIn', value: builtInNames.get(number) ?? number };
}

/** What people call it: `P22`, or its number. */
export function contentTypeName(type: ContentType): string {
  const oid = contentTypeOid(type);
  const known = knownContentTypes.find((each) => each.oid === oid);
  return known?.name ?? oid ?? `${type.value}`;
}

type BuiltInName = keyof typeof builtInContentTypes;
const builtInNames: ReadonlyMap<number, BuiltInName> = new Map(
  (Object.keys(builtInContentTypes) as BuiltInName[]).map((name) => [builtInContentTypes[name], name]),
);

function builtInNumber(value: BuiltInName | number): number {
  return typeof value === 'number' ? value : builtInContentTypes[value];
}
