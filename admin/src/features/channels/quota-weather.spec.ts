// @vitest-environment node
import { expect, it } from 'vitest';
import { weatherOf } from './quota-weather.ts';

it('is full only when nothing is left', () => {
  expect(weatherOf({ used: 99_999, limit: 100_000 })).toEqual({ percent: 99, tone: 'bad' });
  expect(weatherOf({ used: 100_000, limit: 100_000 })).toEqual({ percent: 100, tone: 'bad' });
  expect(weatherOf({ used: 0, limit: 0 })).toEqual({ percent: 100, tone: 'bad' });
});
it('warns from afar, and at once when it runs out before it comes back', () => {
  expect(weatherOf({ used: 10, limit: 100 }).tone).toBe('good');
  expect(weatherOf({ used: 70, limit: 100 }).tone).toBe('warn');
  expect(weatherOf({ used: 10, limit: 100, runsOutAt: '2026-11-24T12:00:00Z' }).tone).toBe('bad');
});
