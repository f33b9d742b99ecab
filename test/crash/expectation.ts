// What a store has to hold, told from the marks in a log up to some moment: what was acknowledged has
// happened, what was only begun has happened whole or not at all, and nothing else has.

import type { Effects, Entities, StoreMark } from './entities.ts';

export class Expectation {
  readonly #settled: Entities = new Map();
  readonly #begun = new Map<number, Extract<StoreMark, { mark: 'begin' }>>();
  /** The highest identifier that anybody was told. */
  lastId = 0;

  take(mark: StoreMark): void {
    if (mark.mark === 'seen') {
      this.#settled.clear();
      this.#begun.clear();
      for (const [name, text] of Object.entries(mark.entities)) this.#settled.set(name, text);
    } else if (mark.mark === 'begin') this.#begun.set(mark.serial, mark);
    else if (mark.mark === 'refused') this.#begun.delete(mark.serial);
    else {
      this.#settle(mark.serial);
      for (const id of mark.ids) this.lastId = Math.max(this.lastId, id);
    }
  }

  /** How many entries are settled. */
  get size(): number {
    return this.#settled.size;
  }

  /** What is not as it has to be, in words; empty if all is well. */
  faultsIn(found: Entities): string[] {
    const faults: string[] = [];
    const expected = new Map(this.#settled);
    for (const { serial, effects, piecewise = false } of this.#begun.values()) {
      const happened = Object.entries(effects).filter(([name, text]) => (found.get(name) ?? null) === text);
      const isWhole = happened.length === Object.keys(effects).length;
      if (isWhole || piecewise) applyTo(expected, Object.fromEntries(happened));
      else if (happened.some(([name, text]) => (expected.get(name) ?? null) !== text)) {
        faults.push(`of transition ${serial} only a part has happened: ${happened.map(([name]) => name)}`);
      }
    }
    for (const [name, text] of expected) {
      if (found.get(name) !== text)
        faults.push(`${name} is ${found.get(name) ?? 'missing'} and has to be ${text}`);
    }
    for (const [name, text] of found) {
      if (!expected.has(name)) faults.push(`${name} is ${text} and must not be there`);
    }
    return faults;
  }

  #settle(serial: number): void {
    const begun = this.#begun.get(serial);
    if (begun === undefined) throw new Error(`transition ${serial} was acknowledged and never begun`);
    applyTo(this.#settled, begun.effects);
    this.#begun.delete(serial);
  }
}

function applyTo(entities: Entities, effects: Effects): void {
  for (const [name, text] of Object.entries(effects)) {
    if (text === null) entities.delete(name);
    else entities.set(name, text);
  }
}
