import { describe, expect, it } from 'vitest';
import { PLATFORM_PROBLEMS, isPlatformProblem, platformProblemText } from './platform-errors.ts';

describe('platform problems', () => {
  it('says cause and remedy of each in Chinese and in English', () => {
    for (const [key, text] of Object.entries(PLATFORM_PROBLEMS)) {
      for (const part of [text.zh.what, text.zh.todo]) expect(part, key).toMatch(/\p{Script=Han}/u);
      for (const part of [text.en.what, text.en.todo]) expect(part, key).toMatch(/^[\x20-\x7e]+$/u);
    }
  });

  it('reads a key it does not know as the general sentence', () => {
    expect(platformProblemText('no_such_key', 'zh')).toBe(platformProblemText('unknown', 'zh'));
    expect(isPlatformProblem('toString')).toBe(false);
  });
});
