import { describe, expect, it } from 'vitest';
import { withApi } from '../../testing/with-api.ts';
import { useAuthorisation } from './useAuthorisation.ts';

const start = (isCode: boolean) => ({ data: { beginAuthorisation: { __typename: 'AuthorisationStart', url: 'https://consent.test/page', isCode, expiresAt: '2026-01-01T00:00:00Z' } } });

describe('connecting by scanning', () => {
  it('offers what the server offers and opens the consent page', async () => {
    const opened: string[] = [];
    const { state, settle, calls } = withApi(() => useAuthorisation((url) => opened.push(url)), ({ query }) => (query.includes('mutation') ? start(false) : { data: { scanToConnect: ['wechat_mini_program'] } }));
    await settle();
    expect(state.offered.value).toEqual(['wechat_mini_program']);
    await state.begin('wechat_mini_program');
    expect(calls.at(-1)?.variables).toEqual({ platform: 'wechat_mini_program' });
    expect(opened).toEqual(['https://consent.test/page']);
    expect(state.code.value).toBeUndefined();
  });
  it('shows a code where there is no page', async () => {
    const opened: string[] = [];
    const { state, settle } = withApi(() => useAuthorisation((url) => opened.push(url)), ({ query }) => (query.includes('mutation') ? start(true) : { data: { scanToConnect: ['wecom'] } }));
    await settle();
    await state.begin('wecom');
    expect(state.code.value).toBe('https://consent.test/page');
    expect(opened).toEqual([]);
  });
  it('stays and tells what stopped it', async () => {
    const opened: string[] = [];
    const { state, settle } = withApi(() => useAuthorisation((url) => opened.push(url)), ({ query }) => (query.includes('mutation') ? { data: { beginAuthorisation: { __typename: 'Refusal', code: 'authorisation_not_ready', details: null } } } : { data: { scanToConnect: [] } }));
    await settle();
    expect(state.offered.value).toEqual([]);
    await state.begin('wechat_mini_program');
    expect(state.problem.value?.code).toBe('authorisation_not_ready');
    expect(opened).toEqual([]);
  });
});
