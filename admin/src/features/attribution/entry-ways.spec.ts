// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { isDrawn, waysOf } from './entry-ways.ts';

describe('ways into the shop', () => {
  it('offers scene codes at an official account and codes and links at a mini program', () => {
    expect(waysOf('wechat_official_account').every(isDrawn)).toBe(true);
    expect(waysOf('wechat_mini_program').some(isDrawn)).toBe(false);
  });
  it('offers none where there is none', () => {
    expect(waysOf('wecom')).toEqual([]);
  });
});
