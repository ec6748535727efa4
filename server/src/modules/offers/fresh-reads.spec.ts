import { describe, expect, it } from 'vitest';
import { FreshReads } from './fresh-reads.js';

/** A source whose value changes, and whose reads end when the test says so. */
function source() {
  const open: { key: string; end: (failure?: Error) => void }[] = [];
  const now = { value: 1 };
  const reads = new FreshReads<number>((key) => {
    const seen = now.value;
    return new Promise((resolve, reject) => open.push({ key, end: (failure) => (failure ? reject(failure) : resolve(seen)) }));
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { open, now, reads, settle };
}

describe('shared reads', () => {
  it('never answer from before the question', async () => {
    const { open, now, reads, settle } = source();
    const early = reads.look('a');
    now.value = 2;
    const late = [reads.look('a'), reads.look('a'), reads.look('a')];
    open[0]!.end();
    expect(await early).toBe(1);
    await settle();
    expect(open).toHaveLength(2);
    open[1]!.end();
    expect(await Promise.all(late)).toEqual([2, 2, 2]);
  });

  it('go on after one failed, and only those who shared it hear of it', async () => {
    const { open, reads, settle } = source();
    const failing = reads.look('a').catch((error: Error) => error.message);
    const next = reads.look('a');
    open[0]!.end(new Error('gone'));
    expect(await failing).toBe('gone');
    await settle();
    open[1]!.end();
    expect(await next).toBe(1);
    const later = reads.look('a');
    open[2]!.end();
    expect(await later).toBe(1);
  });

  it('keep different things apart', () => {
    const { open, reads } = source();
    void reads.look('a');
    void reads.look('b');
    expect(open.map((read) => read.key)).toEqual(['a', 'b']);
  });
});
