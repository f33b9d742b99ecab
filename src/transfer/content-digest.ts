// A digest of octets that come in pieces, to tell one content from another under the same MTS identifier.
// Fast and good against mistakes; not against somebody who makes two contents alike on purpose, which would
// only cost him his own message. No cryptography: that is the work of the originator's security elements.

import type { Steps } from '../base/steps.ts';

/** How many octets are worth a step of their own. */
const octets_per_step = 262_144;

/** 64 bits over all octets so far. */
export class ContentDigest {
  #a = 0xdeadbeef | 0;
  #b = 0x41c6ce57 | 0;
  #octets = 0;

  update(octets: Uint8Array): this {
    let a = this.#a;
    let b = this.#b;
    for (let index = 0; index < octets.length; index += 1) {
      const octet = octets[index];
      a = Math.imul(a ^ octet, 0x9e3779b1);
      b = Math.imul(b ^ octet, 0x5f356495);
    }
    this.#a = a;
    this.#b = b;
    this.#octets += octets.length;
    return this;
  }

  /** The same as `update`, in steps. */
  *updateInSteps(octets: Uint8Array): Steps<this> {
    for (let at = 0; at < octets.length; at += octets_per_step) {
      if (at > 0) yield;
      this.update(octets.subarray(at, at + octets_per_step));
    }
    return this;
  }

  /** The characters of a text, by their codes. */
  text(text: string): this {
    let a = this.#a;
    let b = this.#b;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      a = Math.imul(a ^ code, 0x9e3779b1);
      b = Math.imul(b ^ code, 0x5f356495);
    }
    this.#a = a;
    this.#b = b;
    this.#octets += text.length;
    return this;
  }

  /** As text; equal where the octets and their number are. */
  value(): string {
    const a = mixed(this.#a ^ (this.#b >>> 15));
    const b = mixed(this.#b ^ (this.#a >>> 13));
    return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}.${this.#octets.toString(36)}`;
  }
}

function mixed(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return once ^ (once >>> 13);
}
