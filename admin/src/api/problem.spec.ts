// @vitest-environment node
import { CombinedError } from '@urql/vue';
import { describe, expect, it } from 'vitest';
import { problemKeys, problemText } from './problem-text.ts';
import { problemOf, refusalIn } from './problem.ts';

const failing = (extensions: Record<string, unknown>) => new CombinedError({ graphQLErrors: [{ message: 'English for developers', extensions }] });

describe('a problem from an answer', () => {
  it('is the first error’s code with its details', () => {
    expect(problemOf(failing({ code: 'INVALID', field: 'name', problem: 'length', max: 60 }))).toEqual({ kind: 'error', code: 'INVALID', details: { field: 'name', problem: 'length', max: 60 } });
  });
  it('is the network when no answer came', () => {
    expect(problemOf(new CombinedError({ networkError: new Error('offline') }))?.code).toBe('NETWORK');
  });
  it('is ours when an error has no code', () => {
    expect(problemOf(failing({}))?.code).toBe('INTERNAL');
  });
  it('is nothing when all went well', () => {
    expect(problemOf(undefined)).toBeUndefined();
    expect(refusalIn({ signIn: { __typename: 'Me', accountId: '1' } })).toBeUndefined();
  });
  it('is a refusal among the results', () => {
    expect(refusalIn({ signIn: { __typename: 'Refusal', code: 'wrong_credentials', details: null } })).toEqual({ kind: 'refusal', code: 'wrong_credentials', details: {} });
  });
});

describe('the sentence for a problem', () => {
  const texts: Record<string, string> = { 'invalid.length': '长度不对', 'invalid.named': '<名称>长度不对', 'fields.name': '名称', 'errors.INVALID': '填写得不对', 'errors.INTERNAL': '系统出错', 'refusals.other': '现在不行' };
  const say = (problem: Parameters<typeof problemText>[0], locale = 'zh-CN') => problemText(problem, { t: (key) => texts[key] ?? key, te: (key) => key in texts, locale });

  it('is the most exact one there is', () => {
    expect(say({ kind: 'error', code: 'INVALID', details: { field: 'input.name', problem: 'length' } })).toBe('<名称>长度不对');
    expect(say({ kind: 'error', code: 'INVALID', details: { field: 'first', problem: 'length' } })).toBe('长度不对');
    expect(say({ kind: 'error', code: 'INVALID', details: { field: 'name', problem: 'unheard_of' } })).toBe('填写得不对');
    expect(say({ kind: 'error', code: 'FROM_THE_FUTURE', details: {} })).toBe('系统出错');
    expect(say({ kind: 'refusal', code: 'unheard_of', details: {} })).toBe('现在不行');
  });
  it('is the rule’s own sentence where the API sends one per language', () => {
    const problem = { kind: 'error' as const, code: 'INVALID', details: { zh: '最多 20 个字', en: 'at most 20 characters' } };
    expect([say(problem), say(problem, 'en')]).toEqual(['最多 20 个字', 'at most 20 characters']);
  });
  it('looks for a refusal by its code first', () => {
    expect(problemKeys({ kind: 'refusal', code: 'sold_out', details: {} })[0]).toBe('refusals.sold_out');
  });
});
