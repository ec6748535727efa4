// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { readConsidered } from './considered.ts';

describe('the record of a routing decision', () => {
  it('tells each rung and which one was chosen', () => {
    const rungs = readConsidered([
      { index: 0, kind: 'window', channelId: 'c', verdict: 'refused', reason: 'window_closed' },
      { index: 1, kind: 'subscription', channelId: 'c', verdict: 'chosen' },
    ]);
    expect(rungs).toEqual([
      { index: 0, kind: 'window', isChosen: false, reason: 'window_closed' },
      { index: 1, kind: 'subscription', isChosen: true },
    ]);
  });
  it.each([null, undefined, {}, 'x', [null, 3, { verdict: 'chosen' }]])('reads %j as no rung', (considered) => {
    expect(readConsidered(considered)).toEqual([]);
  });
});
