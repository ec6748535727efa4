import { describe, expect, it } from 'vitest';
import { upliftOf } from './uplift.js';

const uplift = (sent: [number, number], holdout: [number, number]) =>
  upliftOf({ returned: sent[0], people: sent[1] }, { returned: holdout[0], people: holdout[1] });

describe('uplift against the hold-out', () => {
  // The worked examples of Newcombe 1998, table II, row of method 10.
  it.each([
    [[56, 70], [48, 80], 0.2, 0.0524, 0.3339],
    [[9, 10], [3, 10], 0.6, 0.1705, 0.809],
    [[6, 7], [2, 7], 0.5714, 0.0582, 0.8062],
    [[5, 56], [0, 29], 0.0893, -0.0381, 0.1926],
    [[0, 10], [0, 20], 0, -0.1611, 0.2775],
    [[0, 10], [0, 10], 0, -0.2775, 0.2775],
    [[10, 10], [0, 20], 1, 0.6791, 1],
    [[10, 10], [0, 10], 1, 0.6075, 1],
  ] as const)('%j against %j', (sent, holdout, ...figures) => {
    const [difference, low, high] = figures;
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
