// Lists of IP addresses and ranges (CIDR), IPv4 and IPv6: which callers may come as a link's peer. Names are
// never looked up. An IPv4 address inside IPv6 (::ffff:192.0.2.1) counts as the IPv4 address that it is.

import { BlockList, isIP } from 'node:net';

/** Whether `text` is an IP address, alone or with the length of a prefix. */
export function isAddressRange(text: string): boolean {
  return rangeOf(text) !== undefined;
}

/** Whether the host of `remote` ('address:port', or an address alone) lies in one of the ranges. */
export function inAddressRanges(ranges: readonly string[], remote: string): boolean {
  const address = hostOf(remote);
  if (address === undefined) return false;
  const list = new BlockList();
  for (const text of ranges) {
    const range = rangeOf(text);
    if (range !== undefined) list.addSubnet(range.address, range.prefix, range.family);
  }
  return list.check(address, familyOf(address));
}

interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function rangeOf(text: string): Range | undefined {
  const [address, length, ...more] = text.split('/');
  if (more.length > 0 || isIP(address) === 0) return undefined;
  const family = familyOf(address);
  const longest = family === 'ipv4' ? 32 : 128;
  const prefix = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return prefix < 0 || prefix > longest ? undefined : { address, prefix, family };
}

function hostOf(remote: string): string | undefined {
  const candidates = [remote, remote.slice(0, Math.max(0, remote.lastIndexOf(':')))];
  // 'a:b:…:port' of IPv6 may itself read as an address, so the form with a port is tried first.
  for (const candidate of candidates.reverse()) {
    const address = candidate.replace(/^\[|\]$|%.*$/g, '').replace(/^::ffff:(?=\d+\.)/i, '');
    if (isIP(address) !== 0) return address;
  }
  return undefined;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
