// The store in memory with a gate: what it was asked and what it answered is told in order, and answers can
// be kept back, or refused, so that a test sees what the program does meanwhile.

import { openMemoryStore, type CommitResult, type Store, type StoreRefusal } from '../../src/store/index.ts';
import type { Instant } from '../../src/base/time.ts';

export interface StoreObserver {
  readonly now: () => Instant;
  /** One line for each thing that was asked or answered. */
  readonly tell: (line: string) => void;
}

/** Holds back whoever passes while it is shut. */
export class Gate {
  #waiting: (() => void)[] = [];
  #shut = false;

  shut(): void {
    this.#shut = true;
  }

  open(): void {
    this.#shut = false;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** How many stand before it. */
  get waiting(): number {
    return this.#waiting.length;
  }

  pass(): Promise<void> {
    if (!this.#shut) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export class ObservedStore {
  readonly inner: Store;
  /** Before the answer to a commit that creates messages. */
  readonly commits = new Gate();
  /** Before the answer that a spool is synced or sealed. */
  readonly syncs = new Gate();
  /** What the next commit that creates a message is answered with, instead of being made. */
  refusal: StoreRefusal | undefined;
  readonly #observer: StoreObserver;

  constructor(observer: StoreObserver) {
    this.#observer = observer;
    this.inner = openMemoryStore({ now: observer.now });
  }

  /** As the program knows it: every other question goes straight to the store. */
  get asStore(): Store {
    return new Proxy(this.inner, {
      get: (inner, name: keyof Store) => {
        if (name === 'commit')
          return (transition: Parameters<Store['commit']>[0]) => this.#commit(transition);
        if (name === 'openSpool') return () => this.#openSpool();
        return inner[name].bind(inner);
      },
    });
  }

  async #commit(transition: Parameters<Store['commit']>[0]): Promise<CommitResult> {
    const created = transition.create ?? [];
    if (created.length === 0) return this.inner.commit(transition);
    this.#observer.tell(`store: asked to commit ${created.map(({ kind }) => kind).join(', ')}`);
    if (this.refusal !== undefined) {
      this.#observer.tell(`store: refuses, ${this.refusal.kind}`);
      return { ok: false, refusal: this.refusal };
    }
    const result = await this.inner.commit(transition);
    await this.commits.pass();
    this.#observer.tell('store: committed');
    return result;
  }

  async #openSpool(): Promise<Awaited<ReturnType<Store['openSpool']>>> {
    const spool = await this.inner.openSpool();
    this.#observer.tell('store: spool opened');
    let octets_count = 0;
    const settled = async (what: string): Promise<void> => {
      const upTo = octets_count;
      await this.syncs.pass();
      this.#observer.tell(`store: spool ${what} at ${upTo} octets`);
    };
    return {
      name: spool.name,
      write: async (octets) => {
        const result = await spool.write(octets);
        octets_count += octets.length;
        return result;
      },
      sync: async () => {
        const result = await spool.sync();
        await settled('synced');
        return result;
      },
      seal: async (header) => {
        const result = await spool.seal(header);
        await settled('sealed');
        return result;
      },
      release: () => spool.release(),
      discard: () => spool.discard(),
    };
  }
}
