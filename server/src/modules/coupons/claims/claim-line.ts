// The line in front of one coupon: claims that arrive while a statement is under way go together into the next.

export interface Waiting<R, A> {
  request: R;
  answer: (value: A) => void;
  fail: (error: unknown) => void;
}

/**
 * The next batch: in arrival order, at most `max`, nobody in it twice.
 * Whoever is in it already stays in line, so that the database sees one claim a person at a time.
 */
export function takeBatch<R, A>(line: Waiting<R, A>[], max: number, personOf: (request: R) => string): { batch: Waiting<R, A>[]; rest: Waiting<R, A>[] } {
  const people = new Set<string>();
  const batch: Waiting<R, A>[] = [];
  const rest: Waiting<R, A>[] = [];
  for (const waiting of line) {
    const person = personOf(waiting.request);
    if (batch.length < max && !people.has(person)) {
      people.add(person);
      batch.push(waiting);
    } else rest.push(waiting);
  }
  return { batch, rest };
}
