import type { SegmentRule } from '@huiliu/shared';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { useLiveCount } from './useLiveCount.ts';

const days = (n: number): SegmentRule => ({ version: 1, root: { type: 'redeemed', days: n } });
const asked: number[] = [];
const waiting = new Map<number, (count: number) => void>();
const ask = (rule: SegmentRule): Promise<number> => {
  const n = 'days' in rule.root ? rule.root.days : 0;
  asked.push(n);
  return new Promise((resolve) => waiting.set(n, resolve));
};

describe('useLiveCount', () => {
  const scope = effectScope();
  beforeEach(() => {
    vi.useFakeTimers();
    asked.length = 0;
  });
  afterEach(() => {
    scope.stop();
    vi.useRealTimers();
  });

  it('asks once after a pause and drops answers that come too late', async () => {
    const rule = ref<SegmentRule | undefined>(days(1));
    const live = effectScope().run(() => useLiveCount(rule, ask, 300))!;
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual([1]);
    waiting.get(1)?.(100);
    await vi.advanceTimersByTimeAsync(0);
    expect([live.count.value, live.isStale.value]).toEqual([100, false]);

    rule.value = days(2);
    await nextTick();
    rule.value = days(3);
    await vi.advanceTimersByTimeAsync(300);
    expect(asked).toEqual([1, 3]);
    rule.value = days(4);
    await vi.advanceTimersByTimeAsync(300);
    waiting.get(4)?.(400);
    await vi.advanceTimersByTimeAsync(0);
    waiting.get(3)?.(300);
    await vi.advanceTimersByTimeAsync(0);
    expect(live.count.value).toBe(400);
  });

  it('asks nothing while the rule is incomplete and keeps the last count', async () => {
    const rule = ref<SegmentRule | undefined>(days(5));
    const live = effectScope().run(() => useLiveCount(rule, ask, 300))!;
    await vi.advanceTimersByTimeAsync(0);
    waiting.get(5)?.(50);
    await vi.advanceTimersByTimeAsync(0);
    rule.value = undefined;
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([5]);
    expect([live.count.value, live.isStale.value]).toEqual([50, false]);
  });
});
