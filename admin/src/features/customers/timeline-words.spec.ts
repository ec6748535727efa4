// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { sourceOf, subjectOf } from './timeline-words.ts';

describe('a timeline entry', () => {
  it('names the thing it is about', () => {
    expect(subjectOf({ couponName: '满 50 减 10', code: 'X' })).toBe('满 50 减 10');
    expect(subjectOf({ text: '还有货吗' })).toBe('还有货吗');
  });
  it('names nothing when nothing is there', () => {
    expect(subjectOf({ code: 'X', name: ' ' })).toBeUndefined();
    expect(subjectOf(null)).toBeUndefined();
  });
  it('knows the source', () => {
    expect(sourceOf({ source: 'jd_search' })).toBe('jd_search');
    expect(sourceOf('jd_search')).toBeUndefined();
  });
});
