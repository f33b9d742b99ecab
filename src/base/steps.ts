// Work that is done in steps, so that whoever drives it may do something else in between: one event loop is
// shared by everybody (design law 14). A generator that yields nothing but the chance to pause. Pure: who
// pauses, and for how long, is the driver's. What a step is about must not change between two of them.

/** Work in steps, each well below a millisecond. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** How many elements of a list are worth a step of their own, where each takes some microseconds. */
const elements_per_step = 64;
/** The same where each takes a fraction of one, so that the pause would cost more than they do. */
const light_elements_per_step = 1024;

/** All steps without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** `list.map(each)` in steps. A short list is done in the first one. */
export function* mapInSteps<T, U>(
  list: readonly T[],
  each: (element: T, index: number) => U,
): Steps<readonly U[]> {
  const mapped: U[] = [];
  for (let index = 0; index < list.length; index += 1) {
    if (index > 0 && index % elements_per_step === 0) yield;
    mapped.push(each(list[index], index));
  }
  return mapped;
}

/** Does something with each element, in steps. */
export function eachInSteps<T>(list: Iterable<T>, each: (element: T) => void): Steps<void> {
  return inStepsOf(elements_per_step, list, each);
}

/** The same for what is done with a few instructions, as looking at a bit or adding to a list is. */
export function eachLightlyInSteps<T>(list: Iterable<T>, each: (element: T) => void): Steps<void> {
  return inStepsOf(light_elements_per_step, list, each);
}

/** `list.filter(isKept)` in steps, where telling takes a few instructions. */
export function* filterInSteps<T>(list: Iterable<T>, isKept: (element: T) => boolean): Steps<readonly T[]> {
  const kept: T[] = [];
  yield* eachLightlyInSteps(list, (element) => {
    if (isKept(element)) kept.push(element);
  });
  return kept;
}

function* inStepsOf<T>(elements: number, list: Iterable<T>, each: (element: T) => void): Steps<void> {
  let count = 0;
  for (const element of list) {
    if (count > 0 && count % elements === 0) yield;
    count += 1;
    each(element);
  }
}
