import { describe, expect, it } from 'vitest';
import { isUrgent, timeLeft } from './time-left.ts';

const left = (seconds: number) => timeLeft(seconds * 1000, 0);

describe('the time a window stays open', () => {
  it('is told in the two units that matter', () => {
    expect(left(27 * 3600 + 120)).toEqual({ key: 'days', days: 1, hours: 3 });
    expect(left(2 * 3600 + 300)).toEqual({ key: 'hours', hours: 2, minutes: 5 });
    expect(left(249)).toEqual({ key: 'minutes', minutes: 4, seconds: '09' });
    expect(left(38)).toEqual({ key: 'seconds', seconds: 38 });
  });
  it('counts a second that has begun and is over at the end itself', () => {
    expect(timeLeft(1, 0)).toEqual({ key: 'seconds', seconds: 1 });
    expect(timeLeft(1000, 1000)).toEqual({ key: 'over' });
    expect(timeLeft(0, 5000)).toEqual({ key: 'over' });
  });
  it('is urgent within the last hour', () => {
    expect([isUrgent(3_600_000, 0), isUrgent(3_599_999, 0)]).toEqual([false, true]);
  });
});
