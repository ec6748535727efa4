// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { causeOf, platformName } from './channel-words.ts';

describe('words for a channel', () => {
  it('explains a platform’s no in the shown language', () => {
    expect(causeOf('app_secret_wrong', 'zh-CN')?.what).toMatch(/AppSecret/);
    expect(causeOf('app_secret_wrong', 'en')?.todo).toMatch(/[Rr]eset/);
  });
  it('has a sentence even for a reason it does not know', () => {
    expect(causeOf('from_the_future', 'zh-CN')?.what).not.toBe('');
  });
  it('says nothing where there is no reason', () => {
    expect(causeOf(null, 'zh-CN')).toBeUndefined();
  });
  it('names the platform, and shows an unknown one as it is', () => {
    expect(platformName('wechat_mini_program', 'zh-CN')).toBe('微信小程序');
    expect(platformName('other', 'en')).toBe('other');
  });
});
