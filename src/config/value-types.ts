// The kinds of value that a key can have: how each is written, and what is said of one that is not. Every
// reader takes whatever the YAML held and gives the value in our units or one sentence that says what would
// be right. Relations between keys are not seen here.

import { type AddressSpace, type ORAddress, parseAddressSpace, parseORAddress } from '../address/index.ts';
import { fromHex } from '../base/octets.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type Millis, millis } from '../base/time.ts';
import { isAddressRange } from './address-ranges.ts';

/** A kind of value. `form` tells the documentation how it is written. */
export interface ValueType<T> {
  readonly kind: string;
  readonly form: string;
  readonly read: (value: unknown) => Result<T, string>;
}

const unitsOfTime: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const unitsOfSize: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** A duration from `min` to `max`, both in their written form. */
export function duration(bounds: { readonly min: string; readonly max: string }): ValueType<Millis> {
  const least = durationOf(bounds.min) ?? 0;
  const most = durationOf(bounds.max) ?? Number.POSITIVE_INFINITY;
  return {
    kind: 'duration',
    form: `${bounds.min} to ${bounds.max}`,
    read: (value) => {
      const read = typeof value === 'string' ? durationOf(value) : undefined;
      if (read === undefined) {
        return err(
          `${shown(value)} is no duration: a number with its unit, such as 500ms, 600s, 2m, 1h or 7d`,
        );
      }
      if (read < least || read > most)
        return err(`${shown(value)} is not from ${bounds.min} to ${bounds.max}`);
      return ok(millis(read));
    },
  };
}

/** A number of octets from `min` to `max` (both written), a multiple of `multipleOf`. */
export function size(bounds: {
  readonly min: string;
  readonly max: string;
  readonly multipleOf?: number;
}): ValueType<number> {
  const least = sizeOf(bounds.min) ?? 0;
  const most = sizeOf(bounds.max) ?? Number.POSITIVE_INFINITY;
  const multipleOf = bounds.multipleOf ?? 1;
  return {
    kind: 'size',
    form: `${bounds.min} to ${bounds.max}${multipleOf > 1 ? ', whole KiB' : ''}`,
    read: (value) => {
      const read = typeof value === 'string' || typeof value === 'number' ? sizeOf(String(value)) : undefined;
      if (read === undefined) {
        return err(
          `${shown(value)} is no size: octets, or a number with its unit, such as 30KiB, 2MB or 1GiB`,
        );
      }
      if (read < least || read > most)
        return err(`${shown(value)} is not from ${bounds.min} to ${bounds.max}`);
      if (read % multipleOf !== 0)
        return err(`${shown(value)} is ${read} octets: write whole KiB, such as 30KiB`);
      return ok(read);
    },
  };
}

export function wholeNumber(bounds: { readonly min: number; readonly max: number }): ValueType<number> {
  return {
    kind: 'whole number',
    form: `${bounds.min} to ${bounds.max}`,
    read: (value) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
        return err(`${shown(value)} is no whole number from ${bounds.min} to ${bounds.max}`);
      }
      if (value < bounds.min || value > bounds.max) {
        return err(`${value} is not from ${bounds.min} to ${bounds.max}`);
      }
      return ok(value);
    },
  };
}

export const yesOrNo: ValueType<boolean> = {
  kind: 'boolean',
  form: 'true or false',
  read: (value) => (typeof value === 'boolean' ? ok(value) : err(`${shown(value)} is not true or false`)),
};

/** One of a few words. */
export function oneOf<const W extends string>(words: readonly W[]): ValueType<W> {
  return {
    kind: 'word',
    form: words.join(', '),
    read: (value) => {
      const found = words.find((word) => word === value);
      return found === undefined ? err(`${shown(value)} is not one of ${words.join(', ')}`) : ok(found);
    },
  };
}

/** Text of `min` to `max` characters that fits `pattern`; `form` says in words what the pattern takes. */
export function text(rule: {
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
  readonly form: string;
}): ValueType<string> {
  return {
    kind: 'text',
    form: `${rule.min} to ${rule.max} characters: ${rule.form}`,
    read: (value) => {
      if (typeof value !== 'string') return err(notText(value));
      if (value.length < rule.min || value.length > rule.max) {
        return err(`${value.length} characters, but ${rule.min} to ${rule.max} are allowed`);
      }
      return rule.pattern.test(value) ? ok(value) : err(`only ${rule.form} are allowed here`);
    },
  };
}

/** A selector of at most `max` octets: text, or `hex:` and hexadecimal digits. */
export function selector(max: number): ValueType<Uint8Array> {
  return {
    kind: 'selector',
    form: `text or hex:3539, 1 to ${max} octets`,
    read: (value) => {
      if (typeof value !== 'string') return err(notText(value));
      const octets = value.startsWith('hex:') ? fromHex(value.slice(4)) : latin1Of(value);
      if (octets === undefined) {
        return err(
          value.startsWith('hex:')
            ? `${shown(value)}: an even number of hexadecimal digits follows hex:`
            : `${shown(value)} has characters beyond one octet: write them as hex:…`,
        );
      }
      if (octets.length === 0) return err('an empty selector: leave the key out where there is none');
      return octets.length <= max
        ? ok(octets)
        : err(`${octets.length} octets, but at most ${max} are allowed`);
    },
  };
}

export const addressSpace: ValueType<AddressSpace> = {
  kind: 'address space',
  form: '"/P=SITE/A= /C=GB/"; every address is "/"',
  read: (value) => {
    if (typeof value !== 'string') return err(notText(value));
    const read = parseAddressSpace(value);
    return read.ok ? read : err(`${shown(value)} is no address space: ${read.error.message}`);
  },
};

const contentTypeNames: Readonly<Record<string, string>> = { P2: '2.6.1.10.0', P22: '2.6.1.10.1' };

/** An object identifier in dotted form, or P2 or P22. Read as the object identifier. */
export const contentTypeName: ValueType<string> = {
  kind: 'content type',
  form: 'P2, P22 or an object identifier such as 1.3.26.0.4406.0.4.1',
  read: (value) => {
    if (typeof value !== 'string') return err(notText(value));
    const known = contentTypeNames[value.toUpperCase()];
    if (known !== undefined) return ok(known);
    return /^[0-2](?:\.\d{1,10}){1,31}$/.test(value)
      ? ok(value)
      : err(`${shown(value)} is no content type: P2, P22, or an object identifier in dotted form`);
  },
};

export interface UserAddress {
  readonly text: string;
  readonly address: ORAddress;
}

export const userAddress: ValueType<UserAddress> = {
  kind: 'O/R address',
  form: '"/S=Smith/P=SITE/A= /C=GB/"',
  read: (value) => {
    if (typeof value !== 'string') return err(notText(value));
    const read = parseORAddress(value);
    if (!read.ok) return err(`${shown(value)} is no O/R address: ${read.error.message}`);
    return ok({ text: value, address: read.value });
  },
};

/** A SHA-256 fingerprint: 64 hexadecimal digits, with or without colons. Read as upper case with colons. */
export const certificateFingerprint: ValueType<string> = {
  kind: 'fingerprint',
  form: 'SHA-256, 64 hexadecimal digits, colons between pairs or none',
  read: (value) => {
    if (typeof value !== 'string') return err(notText(value));
    const digits = value.replaceAll(':', '').toUpperCase();
    if (!/^[0-9A-F]{64}$/.test(digits)) {
      return err(`${shown(value)} is no SHA-256 fingerprint: 64 hexadecimal digits`);
    }
    return ok(digits.replace(/(..)(?=.)/g, '$1:'));
  },
};

/** An IP address or a range of them. */
export const addressRange: ValueType<string> = {
  kind: 'address range',
  form: '192.0.2.1, 192.0.2.0/24 or 2001:db8::/32',
  read: (value) => {
    if (typeof value !== 'string') return err(notText(value));
    return isAddressRange(value) ? ok(value) : err(`${shown(value)} is no IP address or range (CIDR)`);
  },
};

/** Milliseconds of a written duration, or undefined where it is none. */
export function durationOf(written: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(written.trim());
  return parts === null ? undefined : Math.round(Number(parts[1]) * unitsOfTime[parts[2]]);
}

/** Octets of a written size, or undefined where it is none. */
export function sizeOf(written: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|KiB|MiB|GiB|)$/.exec(written.trim());
  if (parts === null) return undefined;
  const octets = Number(parts[1]) * unitsOfSize[parts[2]];
  return Number.isSafeInteger(octets) ? octets : undefined;
}

function latin1Of(value: string): Uint8Array | undefined {
  const octets = new Uint8Array(value.length);
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code > 255) return undefined;
    octets[index] = code;
  }
  return octets;
}

function notText(value: unknown): string {
  if (value === undefined || value === null) return 'a value is missing';
  if (typeof value === 'object') return 'one text is wanted here, not a list or a group of keys';
  return `${String(value)} is read as a ${typeof value}, not as text: put it in quotes, "${String(value)}"`;
}

/** The value as a message shows it, cut where it is long. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a group of keys';
  const written = typeof value === 'string' ? `"${value}"` : String(value);
  return written.length <= 80 ? written : `${written.slice(0, 80)}…`;
}
