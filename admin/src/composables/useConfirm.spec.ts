// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { pendingQuestion, useConfirm, useQuestion } from './useConfirm.ts';

describe('asking before a step', () => {
  it('resolves with the answer and closes', async () => {
    const answer = useConfirm()({ title: '断开？' });
    expect(pendingQuestion.value?.title).toBe('断开？');
    pendingQuestion.value?.answer({ isConfirmed: true, reason: '' });
    expect(await answer).toBe(true);
    expect(pendingQuestion.value).toBeUndefined();
  });
  it('answers the first with no when a second is asked', async () => {
    const first = useConfirm()({ title: '一' });
    const second = useConfirm()({ title: '二' });
    expect(await first).toBe(false);
    expect(pendingQuestion.value?.title).toBe('二');
    pendingQuestion.value?.answer({ isConfirmed: false, reason: '' });
    expect(await second).toBe(false);
  });
  it('carries the reason that was typed', async () => {
    const reply = useQuestion()({ title: '例外发布', reasonLabel: '原因' });
    pendingQuestion.value?.answer({ isConfirmed: true, reason: '客户要求' });
    expect(await reply).toEqual({ isConfirmed: true, reason: '客户要求' });
  });
});
