import { describe, expect, it } from 'vitest';
import { takeBatch, type Waiting } from './claim-line.js';

const waiting = (person: string): Waiting<string, void> => ({ request: person, answer: () => undefined, fail: () => undefined });
const names = (list: Waiting<string, void>[]) => list.map((w) => w.request).join('');

describe('the line in front of a coupon', () => {
  it('keeps the order of arrival and takes nobody twice', () => {
    const { batch, rest } = takeBatch([...'abacba'].map(waiting), 10, (p) => p);
    expect([names(batch), names(rest)]).toEqual(['abc', 'aba']);
  });
  it('stops at the size of a batch', () => {
    const { batch, rest } = takeBatch([...'abcde'].map(waiting), 2, (p) => p);
    expect([names(batch), names(rest)]).toEqual(['ab', 'cde']);
  });
  it('answers everyone in the end', () => {
    let line = [...'aaabbc'].map(waiting);
    const served: string[] = [];
    while (line.length > 0) {
      const { batch, rest } = takeBatch(line, 2, (p) => p);
      served.push(names(batch));
      line = rest;
    }
    expect(served).toEqual(['ab', 'ab', 'ac']);
  });
});
