import { describe, expect, it } from 'vitest';
import { codeIn, heldBack, isWecom, knowsCode, wordsIn } from './platform.codes.js';

describe('reading an answer without opening it', () => {
  it.each([
    ['{"errcode":0,"errmsg":"ok"}', 0],
    ['{"errcode": 45009 ,"errmsg":"x"}', 45009],
    ['{"errmsg":"busy","errcode":-1}', -1],
    ['{"access_token":"x"}', 0],
    [`{"list":[${'1,'.repeat(3_000)}1],"errcode":40003}`, 40003],
    ['<html>', 0],
  ])('%#', (text, code) => expect(codeIn(text)).toBe(code));

  it('gives the words of the platform, whatever is escaped in them', () => expect(wordsIn('{"errcode":1,"errmsg":"say \\"no\\" rid: 1"}')).toBe('say \\"no\\" rid: 1'));
});

describe('codes', () => {
  it('are each platform’s own', () => {
    expect([knowsCode('wechat_mini_program', 43101), knowsCode('wecom', 43101)]).toEqual([true, false]);
    expect([knowsCode('wechat_kf', 95001), knowsCode('wechat_official_account', 95001)]).toEqual([true, false]);
    expect([knowsCode('wecom', 0), knowsCode('wechat_mini_program', 0)]).toEqual([true, true]);
  });

  it('of our own holding back are those the platform would give', () => {
    expect(['second', 'minute', 'day', 'month'].map((window) => heldBack('wechat_mini_program', window))).toEqual([44990, 45011, 45009, 45009]);
    expect(['minute', 'hour'].map((window) => heldBack('wechat_kf', window))).toEqual([45009, 45009]);
  });

  it('know WeChat Customer Service as WeCom', () => expect([isWecom('wechat_kf'), isWecom('wecom'), isWecom('wechat_official_account')]).toEqual([true, true, false]));
});
