import { describe, expect, it } from 'vitest';
import { upliftOf } from './uplift.js';

const uplift = (sent: [number, number], holdout: [number, number]) =>
  upliftOf({ returned: sent[0], people: sent[1] }, { returned: holdout[0], people: holdout[1] });

describe('uplift against the hold-out', () => {
  // The worked examples of Newcombe 1998, table II, row of method 10.
  it.each([
    { sent: [56, 70], holdout: [48, 80], difference: 0.2, interval: [0.0524, 0.3339] },
    { sent: [9, 10], holdout: [3, 10], difference: 0.6, interval: [0.1705, 0.809] },
    { sent: [6, 7], holdout: [2, 7], difference: 0.5714, interval: [0.0582, 0.8062] },
    { sent: [5, 56], holdout: [0, 29], difference: 0.0893, interval: [-0.0381, 0.1926] },
    { sent: [0, 10], holdout: [0, 20], difference: 0, interval: [-0.1611, 0.2775] },
    { sent: [0, 10], holdout: [0, 10], difference: 0, interval: [-0.2775, 0.2775] },
    { sent: [10, 10], holdout: [0, 20], difference: 1, interval: [0.6791, 1] },
    { sent: [10, 10], holdout: [0, 10], difference: 1, interval: [0.6075, 1] },
  ] as const)('$sent against $holdout', ({ sent, holdout, difference, interval: [low, high] }) => {
    const found = uplift([...sent], [...holdout]);
    expect(found?.difference).toBeCloseTo(difference, 4);
    expect(found?.interval[0]).toBeCloseTo(low, 4);
    expect(found?.interval[1]).toBeCloseTo(high, 4);
  });

  it('says nothing when an arm is empty', () => {
    expect(uplift([3, 10], [0, 0])).toBeUndefined();
    expect(uplift([0, 0], [3, 10])).toBeUndefined();
  });

  it('narrows as the arms grow', () => {
    const width = (scale: number) => {
      const [low, high] = uplift([30 * scale, 100 * scale], [20 * scale, 100 * scale])!.interval;
      return high - low;
    };
    expect(width(100)).toBeLessThan(width(1) / 9);
  });
});
