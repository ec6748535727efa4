import { describe, expect, it } from 'vitest';
import { publishPath } from './useOfferActions.ts';

describe('publishing an offer', () => {
  it('asks once when nothing blocks, whatever the advice', () => {
    expect(publishPath([{ level: 'advise' }], false)).toBe('ask');
    expect(publishPath([], true)).toBe('ask');
  });
  it('leads only an owner over a block, and asks for a reason', () => {
    expect(publishPath([{ level: 'block' }], true)).toBe('override');
    expect(publishPath([{ level: 'advise' }, { level: 'block' }], false)).toBe('blocked');
  });
});
