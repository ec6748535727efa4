// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { usePolling } from './usePolling.ts';

describe('polling', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function start(active = ref(true)) {
    let asked = 0;
    const scope = effectScope();
    scope.run(() => usePolling(() => (asked += 1), 1_000, active));
    return { scope, active, asked: () => asked };
  }

  it('asks once per interval while active, and not at once', () => {
    vi.stubGlobal('document', { hidden: false });
    const polling = start();
    expect(polling.asked()).toBe(0);
    vi.advanceTimersByTime(3_500);
    expect(polling.asked()).toBe(3);
    polling.scope.stop();
  });
  it('stops when it is no longer active and with its page', async () => {
    vi.stubGlobal('document', { hidden: false });
    const polling = start();
    polling.active.value = false;
    await nextTick();
    vi.advanceTimersByTime(5_000);
    expect(polling.asked()).toBe(0);
    polling.active.value = true;
    await nextTick();
    polling.scope.stop();
    vi.advanceTimersByTime(5_000);
    expect(polling.asked()).toBe(0);
  });
  it('does not ask for a page nobody sees', () => {
    vi.stubGlobal('document', { hidden: true });
    const polling = start();
    vi.advanceTimersByTime(5_000);
    expect(polling.asked()).toBe(0);
    polling.scope.stop();
  });
});
