import { describe, expect, it } from 'vitest';
import { afterQuiet } from './quiet.js';

const night = { from: '22:00', until: '09:00' };
const at = (iso: string, quiet = night, zone = 'Asia/Shanghai'): string => afterQuiet(new Date(iso), quiet, zone).toISOString();

describe('quiet hours', () => {
  it('leave the day alone', () => {
    expect(at('2026-11-24T04:00:00Z')).toBe('2026-11-24T04:00:00.000Z');
    expect(at('2026-11-24T01:00:00Z')).toBe('2026-11-24T01:00:00.000Z'); // 09:00 sharp
  });
  it('put the night off until the morning, before and after midnight', () => {
    expect(at('2026-11-24T14:00:00Z')).toBe('2026-11-25T01:00:00.000Z'); // 22:00
    expect(at('2026-11-24T17:30:42Z')).toBe('2026-11-25T01:00:00.000Z'); // 01:30
    expect(at('2026-11-24T00:59:59Z')).toBe('2026-11-24T01:00:00.000Z');
  });
  it('may lie within one day', () => {
    expect(at('2026-11-24T05:10:00Z', { from: '12:00', until: '14:00' })).toBe('2026-11-24T06:00:00.000Z');
    expect(at('2026-11-24T06:00:00Z', { from: '12:00', until: '14:00' })).toBe('2026-11-24T06:00:00.000Z');
  });
  it('are none when they have no length', () => {
    expect(at('2026-11-24T14:00:00Z', { from: '09:00', until: '09:00' })).toBe('2026-11-24T14:00:00.000Z');
  });
  it('end by the wall clock when the clock changes in between', () => {
    expect(at('2026-10-24T21:00:00Z', night, 'Europe/Berlin')).toBe('2026-10-25T08:00:00.000Z'); // 23:00 summer → 09:00 winter
  });
});
