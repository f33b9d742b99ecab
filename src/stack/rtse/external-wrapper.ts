// The EXTERNAL in which normal mode wraps an MTS-APDU before it is cut into RTTRs: {indirect-reference, the
// presentation context of MTS transfer; single-ASN1-type [0]}. Put on with definite lengths; taken off as
// the octets come, cut anywhere, in either form of length. Taking off looks at headers only, so that it
// costs a few octets of memory whatever is sent. Invariant: what `take` returns, in order, is exactly the
// octets of the value.

import { contextValueHead, INTEGER, SINGLE_ASN1_TYPE } from '../kernel/context-value.ts';
import { type Head, HeadCollector } from './element-head.ts';

const EXTERNAL = 0x28;
const OBJECT_IDENTIFIER = 0x06;
const OBJECT_DESCRIPTOR = 0x07;
const OCTET_ALIGNED = 0x81;
/** A context identifier above this is none that we negotiated. */
const context_octets_max = 4;

/** What goes before `octets` octets of a value of context `context`: all of the wrapping. */
export function wrapperHead(context: number, octets: number): Uint8Array {
  return contextValueHead(EXTERNAL, context, octets).head;
}

/** Where in the wrapping the next octet is. */
type Phase =
  | 'external'
  | 'reference-or-encoding'
  /** In the contents of a reference, or of one that is passed over. */
  | 'reference'
  | 'passed-over'
  /** In a value whose length was told. */
  | 'value'
  /** In a value that ends with end-of-contents: before a head, or in the contents of one of its elements. */
  | 'elements'
  | 'element'
  /** After the value: end-of-contents of the EXTERNAL, if its length was not told. */
  | 'end'
  | 'complete';

/** Where an unwrapper stands between two octets: plain data, to be kept and given to another. */
export interface UnwrapperState {
  readonly phase: Phase;
  readonly left: number;
  readonly consumed: number;
  readonly end?: number;
  readonly referenceValue: number;
  readonly contextSeen: boolean;
  readonly open: number;
  readonly octetsOut: number;
  readonly head: readonly number[];
}

/** Takes the wrapping off one value. */
export class ExternalUnwrapper {
  readonly #context: number;
  readonly #head = new HeadCollector();
  #phase: Phase = 'external';
  /** Octets left of the contents that the phase is in. */
  #left = 0;
  #consumed = 0;
  /** Where the EXTERNAL ends, if its length was told. */
  #end: number | undefined;
  #referenceValue = 0;
  #contextSeen = false;
  /** How many elements of untold length are open in the value, the value's own encoding included. */
  #open = 0;
  #octetsOut = 0;
  #fault: string | undefined;

  /** `context` is the presentation context that the value must be of; `state` that of one to go on from. */
  constructor(context: number, state?: UnwrapperState) {
    this.#context = context;
    if (state === undefined) return;
    for (const octet of state.head) this.#head.push(octet);
    this.#phase = state.phase;
    this.#left = state.left;
    this.#consumed = state.consumed;
    this.#end = state.end;
    this.#referenceValue = state.referenceValue;
    this.#contextSeen = state.contextSeen;
    this.#open = state.open;
    this.#octetsOut = state.octetsOut;
  }

  /** Where it stands. */
  get state(): UnwrapperState {
    return {
      phase: this.#phase,
      left: this.#left,
      consumed: this.#consumed,
      end: this.#end,
      referenceValue: this.#referenceValue,
      contextSeen: this.#contextSeen,
      open: this.#open,
      octetsOut: this.#octetsOut,
      head: this.#head.octets,
    };
  }

  /** Whether the whole EXTERNAL has come. */
  get complete(): boolean {
    return this.#phase === 'complete';
  }

  /** How many octets of the value have come out. */
  get octetsOut(): number {
    return this.#octetsOut;
  }

  /** What is wrong with the wrapping; nothing is taken after it. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Takes the next octets; returns the octets of the value among them, as windows on them. */
  take(octets: Uint8Array): readonly Uint8Array[] {
    const windows = new Windows(octets);
    let at = 0;
    while (at < octets.length && this.#fault === undefined) {
      const count = this.#inContents() ? this.#takeContents(octets, at) : 1;
      if (this.#givesOut(octets[at])) windows.add(at, at + count);
      this.#consumed += count;
      if (this.#inContents()) this.#endContents(count);
      else this.#takeHeadOctet(octets[at]);
      at += count;
    }
    this.#octetsOut += windows.octets;
    return windows.list();
  }

  #inContents(): boolean {
    const phase = this.#phase;
    return phase === 'value' || phase === 'element' || phase === 'reference' || phase === 'passed-over';
  }

  #takeContents(octets: Uint8Array, at: number): number {
    const count = Math.min(this.#left, octets.length - at);
    if (this.#phase === 'reference') {
      for (let index = at; index < at + count; index += 1) {
        this.#referenceValue = this.#referenceValue * 256 + octets[index];
      }
    }
    return count;
  }

  /**
   * Whether the octets now taken are the value's own. A head that begins with zero directly in an encoding of
   * untold length can only be its end-of-contents.
   */
  #givesOut(octet: number): boolean {
    if (this.#phase === 'value' || this.#phase === 'element') return true;
    if (this.#phase !== 'elements') return false;
    return this.#open > 1 || (this.#head.empty ? octet : this.#head.first) !== 0;
  }

  #endContents(count: number): void {
    this.#left -= count;
    if (this.#left > 0) return;
    switch (this.#phase) {
      case 'value':
        this.#endValue();
        return;
      case 'element':
        this.#phase = 'elements';
        return;
      case 'reference':
        this.#contextSeen = this.#referenceValue === this.#context;
        if (!this.#contextSeen) this.#fault = `a value of context ${this.#referenceValue}`;
        this.#phase = 'reference-or-encoding';
        return;
      default:
        this.#phase = 'reference-or-encoding';
    }
  }

  #takeHeadOctet(octet: number): void {
    if (this.#phase === 'complete') {
      this.#fault = 'octets after the EXTERNAL';
      return;
    }
    const head = this.#head.push(octet);
    if (head === 'more') return;
    if (head === 'invalid') this.#fault = 'an element that is not BER';
    else this.#begin(head);
  }

  #begin(head: Head): void {
    switch (this.#phase) {
      case 'external':
        if (head.identifier !== EXTERNAL) this.#fault = 'no EXTERNAL';
        this.#end = head.length === undefined ? undefined : this.#consumed + head.length;
        this.#phase = 'reference-or-encoding';
        return;
      case 'reference-or-encoding':
        this.#beginPart(head);
        return;
      case 'elements':
        this.#beginElement(head);
        return;
      default:
        if (head.identifier !== 0 || head.length !== 0) this.#fault = 'no end of the EXTERNAL';
        this.#phase = 'complete';
    }
  }

  #beginPart({ identifier, length }: Head): void {
    switch (identifier) {
      case OBJECT_IDENTIFIER:
      case OBJECT_DESCRIPTOR:
        this.#enter('passed-over', length ?? 0);
        return;
      case INTEGER:
        if ((length ?? 0) > context_octets_max || length === 0) this.#fault = 'no presentation context';
        this.#enter('reference', length ?? 0);
        return;
      case SINGLE_ASN1_TYPE:
      case OCTET_ALIGNED:
        this.#beginValue(length);
        return;
      default:
        this.#fault = 'no encoding that carries an APDU';
    }
  }

  #beginValue(length: number | undefined): void {
    if (!this.#contextSeen) this.#fault = 'no indirect reference';
    if (length === undefined) {
      this.#phase = 'elements';
      this.#open = 1;
    } else if (length === 0) {
      this.#fault = 'an empty value';
    } else {
      this.#enter('value', length);
    }
  }

  #beginElement({ identifier, length }: Head): void {
    if (identifier === 0) {
      if (length !== 0) this.#fault = 'an element that is not BER';
      this.#open -= 1;
      if (this.#open === 0) this.#endValue();
    } else if (length === undefined) {
      this.#open += 1;
    } else {
      this.#enter('element', length);
    }
  }

  #enter(phase: 'value' | 'element' | 'reference' | 'passed-over', length: number): void {
    this.#phase = phase;
    this.#left = length;
    if (length === 0) this.#endContents(0);
  }

  #endValue(): void {
    this.#phase = this.#end === undefined ? 'end' : 'complete';
    if (this.#end !== undefined && this.#end !== this.#consumed) this.#fault = 'a length that does not agree';
  }
}

/** Ranges of one array, neighbours joined. */
class Windows {
  readonly #octets: Uint8Array;
  readonly #list: Uint8Array[] = [];
  #from = 0;
  #to = 0;
  octets = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  add(from: number, to: number): void {
    this.octets += to - from;
    if (from !== this.#to) {
      this.#close();
      this.#from = from;
    }
    this.#to = to;
  }

  list(): readonly Uint8Array[] {
    this.#close();
    return this.#list;
  }

  #close(): void {
    if (this.#to > this.#from) this.#list.push(this.#octets.subarray(this.#from, this.#to));
  }
}
