// Management domains and what they name: country, ADMD, PRMD, the global domain identifier, the MTS
// identifier and the MTA name, as MTSAbstractService declares them (X.411 06/1999, 8.5.5 and figure 2).
// Not their text forms: those are in domain-text.ts.

import {
  app,
  choice,
  ia5String,
  type Infer,
  numericString,
  optional,
  printableString,
  sequence,
} from '../asn1/index.ts';
import {
  ubCountryNameAlphaLength,
  ubCountryNameNumericLength,
  ubDomainNameLength,
  ubLocalIdLength,
  ubMTANameLength,
} from './upper-bounds.ts';

export const CountryName = app(
  1,
  choice({
    x121DccCode: numericString({ size: [ubCountryNameNumericLength, ubCountryNameNumericLength] }),
    iso3166Alpha2Code: printableString({ size: [ubCountryNameAlphaLength, ubCountryNameAlphaLength] }),
  }),
);
export type CountryName = Infer<typeof CountryName>;

export const AdministrationDomainName = app(
  2,
  choice({
    numeric: numericString({ size: [0, ubDomainNameLength] }),
    printable: printableString({ size: [0, ubDomainNameLength] }),
  }),
);
export type AdministrationDomainName = Infer<typeof AdministrationDomainName>;

export const PrivateDomainIdentifier = choice({
  numeric: numericString({ size: [1, ubDomainNameLength] }),
  printable: printableString({ size: [1, ubDomainNameLength] }),
});
export type PrivateDomainIdentifier = Infer<typeof PrivateDomainIdentifier>;

export const GlobalDomainIdentifier = app(
  3,
  sequence({
    countryName: CountryName,
    administrationDomainName: AdministrationDomainName,
    privateDomainIdentifier: optional(PrivateDomainIdentifier),
  }),
);
export interface GlobalDomainIdentifier extends Infer<typeof GlobalDomainIdentifier> {}

export const LocalIdentifier = ia5String({ size: [1, ubLocalIdLength] });
export type LocalIdentifier = Infer<typeof LocalIdentifier>;

export const MTSIdentifier = app(
  4,
  sequence({
    globalDomainIdentifier: GlobalDomainIdentifier,
    localIdentifier: LocalIdentifier,
  }),
);
export interface MTSIdentifier extends Infer<typeof MTSIdentifier> {}

export const MTAName = ia5String({ size: [1, ubMTANameLength] });
export type MTAName = Infer<typeof MTAName>;
