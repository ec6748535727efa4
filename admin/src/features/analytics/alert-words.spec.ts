import { describe, expect, it } from 'vitest';
import { alertWords, type HomeAlert } from './alert-words.ts';

const surroundings = { t: (key: string, named: Record<string, unknown>) => `${key} ${JSON.stringify(named)}`, lang: 'zh' as const, when: (at: string) => `<${at}>` };
const alert: HomeAlert = { id: 'a', kind: 'penalty', channelId: 'c', channelName: '甜甜烘焙', blocks: 'sending', problem: 'account_penalised', detail: '违规：诱导分享', since: '2026-11-24T00:00:00Z', until: null, canResolve: true, link: '/channels/c' };

describe('the words of an alert', () => {
  it('give the cause, what to do, and the platform’s own words', () => {
    const { title, text } = alertWords(alert, surroundings);
    expect(title).toContain('analytics.alerts.penalty');
    expect(title).toContain('甜甜烘焙');
    expect(text).toMatch(/处罚.*已解决.*违规：诱导分享/);
  });

  it('say until when, if the platform did', () => {
    expect(alertWords({ ...alert, until: '2026-12-01T00:00:00Z' }, surroundings).text).toContain('<2026-12-01T00:00:00Z>');
  });

  it('name the ceiling that runs out and when it comes back', () => {
    const low: HomeAlert = { ...alert, kind: 'quota_low', blocks: 'nothing', problem: 'clear.month', detail: '9/10', until: '2026-12-01T00:00:00Z' };
    expect(alertWords(low, surroundings)).toMatchObject({ title: expect.stringContaining('接口次数清零'), text: expect.stringMatching(/quotaLow.*"used":"9","limit":"10".*2026-12-01/) });
    expect(alertWords({ ...low, blocks: 'sending' }, surroundings).text).toContain('quotaOut');
  });

  it('of a failing account are its own', () => {
    expect(alertWords({ ...alert, kind: 'channel_failing', problem: 'app_secret_wrong', detail: '' }, surroundings)).toMatchObject({ title: expect.stringContaining('analytics.failures.channel'), text: expect.stringContaining('AppSecret') });
  });
});
