// The YAML text as a document whose keys know their line. Reads no file and checks no key. Invariants: never
// throws on any text; aliases are bounded, so that a small file cannot become a large one.

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';

import type { ConfigurationError } from './error.ts';

/** A key by the way to it: names of mappings and numbers of lists. */
export type KeyPath = readonly (string | number)[];

export interface Source {
  readonly name: string;
  /** The plain values of the document. */
  readonly value: unknown;
  /** What is wrong with the YAML itself. */
  readonly errors: readonly ConfigurationError[];
  /** An error at the value of `path`, or at the nearest thing above it that is written in the file. */
  errorAt(path: KeyPath, message: string): ConfigurationError;
  /** An error at the key itself, not at its value. */
  errorAtKey(path: KeyPath, message: string): ConfigurationError;
  /** Whether the file holds anything but null there. */
  isWritten(path: KeyPath): boolean;
  /** How a scalar is written in the file, before YAML gave it a type. */
  writtenAt(path: KeyPath): string | undefined;
}

/** The one error after which the rest of a file can be looked at. */
export const key_given_twice = 'this key is given twice';

/** Reads YAML. `name` is what errors call the file. */
export function readSource(text: string, name: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // What is wrong is in `errors`; nothing is written to the process's standard error from here.
    logLevel: 'error',
  });
  const place = (offset: number | undefined) => {
    const at = offset === undefined ? { line: 0, col: 0 } : lines.linePos(offset);
    return { file: name, line: at.line, column: at.col };
  };
  const errors = document.errors.map((error) => ({
    ...place(error.pos[0]),
    key: '',
    message: error.code === 'DUPLICATE_KEY' ? key_given_twice : error.message,
  }));
  for (const key of checkKeys(document)) {
    errors.push({
      ...place(key.range?.[0]),
      key: '',
      message: 'a key is a single word, not a list or a group',
    });
  }
  const nodeAt = (path: KeyPath): Node | undefined =>
    path.length === 0 ? (document.contents ?? undefined) : (document.getIn(path, true) as Node | undefined);
  return {
    name,
    // A document that is none has no value: making one of it can take for ever.
    value: errors.every(({ message }) => message === key_given_twice)
      ? plainValue(document, errors, name)
      : undefined,
    errors,
    errorAt: (path, message) => ({ ...place(offsetOf(path, nodeAt)), key: printKeyPath(path), message }),
    errorAtKey: (path, message) => {
      const parent = nodeAt(path.slice(0, -1));
      const pair = isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)))
        : undefined;
      const offset = isScalar(pair?.key) ? pair.key.range?.[0] : offsetOf(path, nodeAt);
      return { ...place(offset), key: printKeyPath(path), message };
    },
    isWritten: (path) => {
      const node = nodeAt(path);
      return node !== undefined && !(isScalar(node) && node.value === null);
    },
    writtenAt: (path) => {
      const node = nodeAt(path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}

/** `links[0].peer.port`. */
export function printKeyPath(path: KeyPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

/** The keys that are no single words. Of two equal keys in a mapping, takes the second out of it. */
function checkKeys(document: Document): readonly Node[] {
  const compound: Node[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (isNode(key) && !isScalar(key) && !isAlias(key)) compound.push(key);
    },
    Map: (_, map) => {
      map.items = map.items.filter(
        (item, index) => map.items.findIndex((each) => sameKey(each, item)) === index,
      );
    },
  });
  return compound;
}

/** The first of two equal keys counts, so that the second makes one error and not many. */
function sameKey(a: { readonly key: unknown }, b: { readonly key: unknown }): boolean {
  return a === b || (isScalar(a.key) && isScalar(b.key) && a.key.value === b.key.value);
}

function offsetOf(path: KeyPath, nodeAt: (path: KeyPath) => Node | undefined): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = nodeAt(path.slice(0, length))?.range?.[0];
    if (offset !== undefined) return offset;
  }
  return undefined;
}

function plainValue(
  document: { toJS(options: { maxAliasCount: number }): unknown },
  errors: ConfigurationError[],
  name: string,
): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    errors.push({ file: name, line: 0, column: 0, key: '', message: (error as Error).message });
    return undefined;
  }
}
