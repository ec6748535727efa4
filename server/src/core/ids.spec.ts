import { describe, expect, it } from 'vitest';
import { newId } from './ids.js';

describe('ids', () => {
  it('are version 7, of this moment, and rise without a repeat', () => {
    const before = Date.now();
    const ids = Array.from({ length: 50_000 }, () => newId());
    expect(ids.every((id, i) => i === 0 || id > ids[i - 1]!)).toBe(true);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const at = Number.parseInt(ids[0]!.replaceAll('-', '').slice(0, 12), 16);
    expect(at).toBeGreaterThanOrEqual(before - 1);
    expect(at).toBeLessThanOrEqual(Date.now());
  });
  it('share nothing but the time: their tails are random', () => {
    const tails = Array.from({ length: 5_000 }, () => newId().slice(-10));
    expect(new Set(tails).size).toBe(5_000);
  });
});
