// Finds the word that a mistyped one was probably meant to be.

/** The candidate with the fewest edits, if they are few enough for a slip; letter case counts nothing. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (written.length > written_characters_max) return undefined;
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = edits(written.toLowerCase(), candidate.toLowerCase());
    if (distance < fewest) {
      fewest = distance;
      best = candidate;
    }
  }
  return best;
}

/** The comparison costs the product of both lengths. */
const written_characters_max = 64;

/** Insertions, deletions and replacements between two words (Levenshtein). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
