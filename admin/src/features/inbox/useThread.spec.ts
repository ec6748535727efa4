import { describe, expect, it } from 'vitest';
import { type Call, withApi } from '../../testing/with-api.ts';
import { useThread } from './useThread.ts';

const line = (id: string, text: string) => ({ id, by: 'customer', kind: 'text', text, at: '2026-11-24T10:00:00Z', state: null, reason: null, authorName: null });
const conversation = (unread: number) => ({
  id: 'c1', unread, customerId: 'p1', window: { state: 'open', sendsLeft: 5, endsAt: '2026-11-26T10:00:00Z' },
  messages: { items: [line('2', '还有蛋糕吗'), line('1', '在吗')], pageInfo: { hasNextPage: true, endCursor: 'x' } },
});
const api = (reply: () => unknown, unread = 0) => ({ query }: Call) => {
  if (query.includes('replyToConversation')) return { data: { replyToConversation: reply() } };
  if (query.includes('markConversationRead')) return { data: { markConversationRead: { id: 'c1', unread: 0 } } };
  return { data: { conversation: conversation(unread) } };
};
const keys = (calls: readonly Call[]): unknown[] => calls.filter((call) => call.query.includes('replyToConversation')).map((call) => call.variables['clientKey']);
const sent = { __typename: 'ConversationMessage', id: '3', state: 'sent' };

describe('a conversation', () => {
  it('reads from the oldest line on and asks for more when told', async () => {
    const { state, settle, calls } = withApi(() => useThread('c1', true), api(() => sent));
    await settle();
    expect(state.lines.value.map((one) => one.text)).toEqual(['在吗', '还有蛋糕吗']);
    state.showOlder();
    await settle();
    expect(calls.at(-1)?.variables).toEqual({ id: 'c1', first: 100 });
  });

  it('is marked as read by those who may answer, and by nobody else', async () => {
    const [may, mayNot] = [true, false].map((canReply) => withApi(() => useThread('c1', canReply), api(() => sent, 2)));
    await Promise.all([may!.settle(), mayNot!.settle()]);
    expect([may!, mayNot!].map(({ calls }) => calls.some((call) => call.query.includes('markConversationRead')))).toEqual([true, false]);
  });

  it('sends the same text under the same key until it is answered, and another text under another', async () => {
    let answer: () => unknown = () => {
      throw new Error('broken network');
    };
    const { state, settle, calls } = withApi(() => useThread('c1', true), api(() => answer()));
    await settle();
    state.draft.value = '有的';
    expect(await state.send()).toBe(false);
    expect(state.draft.value).toBe('有的');
    answer = () => sent;
    expect(await state.send()).toBe(true);
    expect(state.draft.value).toBe('');
    state.draft.value = '有的';
    await state.send();
    const [first, again, other] = keys(calls);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first).toMatch(/^[0-9a-f]{32}$/u);
  });

  it('says why a reply was refused and takes a new key for the next try', async () => {
    const { state, settle, calls } = withApi(() => useThread('c1', true), api(() => ({ __typename: 'Refusal', code: 'window_used_up', details: null })));
    await settle();
    state.draft.value = '有的';
    expect(await state.send()).toBe(false);
    expect(state.problem.value).toMatchObject({ kind: 'refusal', code: 'window_used_up' });
    await state.send();
    expect(new Set(keys(calls)).size).toBe(2);
    state.draft.value = '   ';
    expect(await state.send()).toBe(false);
    expect(keys(calls)).toHaveLength(2);
  });
});
