// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dismissToast, toast, toasts } from './useToast.ts';

describe('short messages', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  it('go by themselves', () => {
    toast('已保存');
    expect(toasts.value.map(({ text, tone }) => [text, tone])).toEqual([['已保存', 'good']]);
    vi.advanceTimersByTime(4_000);
    expect(toasts.value).toEqual([]);
  });
  it('can be closed one by one', () => {
    toast('一');
    toast('二', 'bad');
    dismissToast(toasts.value[0]?.id ?? 0);
    expect(toasts.value.map(({ text }) => text)).toEqual(['二']);
  });
});
