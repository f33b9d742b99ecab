// Any O/R address that X.411 allows, drawn from a seed: each standard attribute and each extension attribute
// may be there, in printable, teletex and universal strings.

import {
  type ExtensionAttributeName,
  extensionAttributeTable,
  ORAddress,
  PresentationAddress,
} from '../../src/address/index.ts';
import { encode, rawOf, type Type } from '../../src/asn1/index.ts';
import { arbitrary } from '../../src/asn1/arbitrary.ts';
import type { Random } from '../../src/base/random.ts';

const names = Object.keys(extensionAttributeTable) as ExtensionAttributeName[];
/** What only some values of the type are, in ISO 3166 or X.121. */
const countries = [
  { kind: 'iso3166Alpha2Code', value: 'GB' },
  { kind: 'iso3166Alpha2Code', value: 'no' },
  { kind: 'x121DccCode', value: '234' },
] as const;

/** An address with few, some or all of the attributes, with short and long values. */
export function anyAddress(random: Random): ORAddress {
  const options = { presence: random.pick([0.1, 0.5, 1]), size_max: random.pick([3, 20, 200]) };
  const { extensionAttributes: _, ...drawn } = arbitrary(ORAddress, random, options);
  const built = drawn.builtInStandardAttributes;
  // An address has at most four domain-defined attributes, in whichever forms (X.402 18.1).
  const forms = ['teletexDomainDefinedAttributes', 'universalDomainDefinedAttributes'] as const;
  const form = random.pick([undefined, ...forms]);
  const others = names.filter(
    (name) => !forms.some((each) => each === name) && random.chance(options.presence),
  );
  const chosen = form === undefined ? others : [...others, form];
  const extended = chosen.map((name) => extension(name, random));
  return {
    ...(form === undefined && { ...drawn }),
    builtInStandardAttributes: {
      ...built,
      ...(built.countryName !== undefined && { countryName: random.pick(countries) }),
    },
    ...(extended.length > 0 && { extensionAttributes: extended }),
  };
}

function extension(name: ExtensionAttributeName, random: Random) {
  const { number, type } = extensionAttributeTable[name];
  const declared: Type<unknown> = type;
  const value = (): unknown => {
    if (name === 'physicalDeliveryCountryName') return random.pick(countries);
    if (name !== 'extendedNetworkAddress' || random.chance(0.5)) return arbitrary(declared, random);
    const drawn = arbitrary(PresentationAddress, random);
    const nAddresses = [...drawn.nAddresses, random.octets(4)];
    return { kind: 'psapAddress', value: { ...drawn, nAddresses } };
  };
  return { extensionAttributeType: number, extensionAttributeValue: rawOf(encode(declared, value())) };
}
