import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENTRY_CODE_LENGTH, entryCode, entryLinkProblem, isEntryCode, visitSource } from './entry-link.js';

describe('an entry link', () => {
  it('has a short code without letters that look alike', () => {
    for (let i = 0; i < 200; i++) {
      const code = entryCode(randomBytes(ENTRY_CODE_LENGTH));
      expect(code).toMatch(/^[a-hjkmnp-z2-9]{8}$/);
      expect(isEntryCode(code)).toBe(true);
    }
    expect(isEntryCode('abc')).toBe(false);
    expect(isEntryCode('abcdefg0')).toBe(false);
  });
  it('needs a name and a source that a report can group by', () => {
    expect(entryLinkProblem({ name: '收银台海报', source: 'shop_qr' })).toBeUndefined();
    expect(entryLinkProblem({ name: ' ', source: 'shop_qr' })?.problem).toBe('required');
    expect(entryLinkProblem({ name: '海'.repeat(41), source: 'shop_qr' })?.problem).toBe('too_long');
    expect(entryLinkProblem({ name: '海报', source: '京东' })).toMatchObject({ field: 'source', problem: 'bad_format' });
  });
  it('names the source of a visit before anything else does', () => {
    expect(visitSource({ source: 'shop_qr' }, true)).toBe('shop_qr');
    expect(visitSource(undefined, true)).toBe('recall_message');
    expect(visitSource(undefined, false)).toBe('direct');
  });
});
