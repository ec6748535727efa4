import { describe, expect, it } from 'vitest';
import { copyName, whyNotCancel, whyNotChange, whyNotLaunch, whyNotPause, whyNotResume, type CampaignState, type LaunchFacts } from './campaign.js';
import { readCampaign, type CampaignInput } from './campaign-input.js';

const NOW = new Date('2026-11-24T10:00:00Z');
const STATES: CampaignState[] = ['draft', 'planning', 'sending', 'paused', 'stopped', 'completed', 'cancelled'];

const ready: LaunchFacts = {
  state: 'draft',
  contents: [{ kind: 'window', channelId: 'c', text: 'hello' }, { kind: 'subscription', channelId: 'c', templateId: 't', fields: { thing1: 'x' } }],
  audience: 3,
  latestUsefulAt: null,
  offerState: 'published',
  channels: new Map([['c', { name: 'Shop', status: 'live' }]]),
  templates: new Map([['t', { title: 'Reminder', isActive: true }]]),
  contentProblems: [],
};

describe('launching', () => {
  it('lets a complete draft go', () => {
    expect(whyNotLaunch(ready, NOW)).toBeUndefined();
    expect(whyNotLaunch({ ...ready, offerState: undefined }, NOW)).toBeUndefined();
  });

  it.each([
    [{ state: 'sending' }, 'campaign_already_launched'],
    [{ audience: 0 }, 'audience_empty'],
    [{ contents: [] }, 'no_content'],
    [{ latestUsefulAt: NOW }, 'latest_useful_passed'],
    [{ offerState: 'ended' }, 'offer_not_published'],
    [{ channels: new Map([['c', { name: 'Shop', status: 'paused' }]]) }, 'channel_not_live'],
    [{ channels: new Map() }, 'channel_not_live'],
    [{ templates: new Map([['t', { title: 'Reminder', isActive: false }]]) }, 'template_not_active'],
    [{ contentProblems: [{ rung: 1, field: 'thing1', zh: '太长', en: 'too long' }] }, 'content_invalid'],
  ] as [Partial<LaunchFacts>, string][])('refuses %j: %s', (change, code) => {
    expect(whyNotLaunch({ ...ready, ...change }, NOW)?.code).toBe(code);
  });
});

describe('a campaign’s states', () => {
  const allowed = (rule: (state: CampaignState) => unknown) => STATES.filter((state) => rule(state) === undefined);
  it('each move starts from its own states only', () => {
    expect(allowed(whyNotPause)).toEqual(['planning', 'sending']);
    expect(allowed(whyNotResume)).toEqual(['paused', 'stopped']);
    expect(allowed(whyNotCancel)).toEqual(['planning', 'sending', 'paused', 'stopped']);
    expect(allowed(whyNotChange)).toEqual(['draft']);
  });
  it('says which no it is', () => {
    expect(whyNotCancel('cancelled')?.code).toBe('campaign_already_cancelled');
    expect(whyNotCancel('completed')?.code).toBe('campaign_completed');
    expect(whyNotCancel('draft')?.code).toBe('campaign_not_launched');
    expect(whyNotPause('paused')?.code).toBe('campaign_already_paused');
    expect(whyNotPause('completed')?.code).toBe('campaign_not_running');
  });
  it('names a copy within the limit', () => {
    expect(copyName('唤醒')).toBe('唤醒 副本');
    expect([...copyName('长'.repeat(40))]).toHaveLength(40);
  });
});

describe('reading the wizard’s input', () => {
  const input: CampaignInput = {
    name: ' 唤醒老客 ', segmentId: 's', contents: [{ kind: 'window', channelId: 'c', text: '想你了' }, { kind: 'subscription', channelId: 'c', templateId: 't', fields: { thing1: 'x' } }],
    holdoutPercent: 5, capMessages: 2, capDays: 7, quietFrom: '22:00', quietUntil: '09:00', attributionDays: 7,
  };
  const problem = (change: Partial<CampaignInput>) => {
    const read = readCampaign({ ...input, ...change }, NOW);
    return read.ok ? undefined : `${read.problem.problem} ${read.problem.message}`;
  };

  it('reads what goes to many: a text or an article, and how long employees are waited for', () => {
    const contents = (one: CampaignInput['contents'][number]) => readCampaign({ name: '上新', segmentId: 's', contents: [one] }, NOW);
    expect(contents({ kind: 'post', channelId: 'c', mediaId: ' M ' })).toMatchObject({ draft: { contents: [{ kind: 'post', channelId: 'c', mediaId: 'M' }] } });
    expect(contents({ kind: 'post', channelId: 'c', mediaId: 'M', text: '上新' })).toMatchObject({ problem: { field: 'contents[0].text', problem: 'two_contents' } });
    expect(contents({ kind: 'contact_task', channelId: 'c', text: '上新' })).toMatchObject({ draft: { contents: [{ deadlineHours: 24 }] } });
    expect(contents({ kind: 'contact_task', channelId: 'c', text: '上新', deadlineHours: 361 })).toMatchObject({ problem: { field: 'contents[0].deadlineHours', problem: 'out_of_range' } });
  });
  it('takes the defaults of the wizard', () => {
    expect(readCampaign(input, NOW)).toMatchObject({ ok: true, draft: { name: '唤醒老客', goal: 'custom', offerId: null, latestUsefulAt: null } });
    expect(problem({ capMessages: null, capDays: null, quietFrom: null, quietUntil: null, holdoutPercent: 0 })).toBeUndefined();
  });

  it.each([
    [{ name: '  ' }, 'length name: write 1 to 40 characters'],
    [{ goal: 'spam' }, 'unknown goal: choose one of wake_sleepers, before_expiry, new_to_member, birthday, launch, custom'],
    [{ holdoutPercent: 51 }, 'out_of_range holdoutPercent: must be between 0 and 50 percent'],
    [{ attributionDays: 0 }, 'out_of_range attributionDays: must be between 1 and 90 days'],
    [{ capDays: null }, 'missing capDays: say in how many days, or leave capMessages out too'],
    [{ capMessages: null }, 'missing capMessages: say how many messages, or leave capDays out too'],
    [{ capMessages: 0 }, 'out_of_range capMessages: must be between 1 and 100 messages'],
    [{ quietFrom: '24:00' }, 'not_a_time quietFrom: write the start as HH:MM, for example 22:00'],
    [{ quietUntil: null }, 'not_a_time quietUntil: write the end as HH:MM, for example 09:00'],
    [{ quietUntil: '22:00' }, 'same_as_start quietUntil: must differ from quietFrom, or leave both out to have no quiet hours'],
    [{ latestUsefulAt: '2026-11-24T10:00:00Z' }, 'past latestUsefulAt: must lie in the future, or leave it out'],
    [{ latestUsefulAt: 'soon' }, 'not_a_time latestUsefulAt: write an instant, for example 2026-11-30T21:00:00+08:00'],
    [{ contents: [] }, 'count contents: write 1 to 6 messages'],
    [{ contents: [{ kind: 'window', channelId: 'c', text: ' ' }] }, 'length contents[0].text: write 1 to 600 characters'],
    [{ contents: [{ kind: 'subscription', channelId: 'c' }] }, 'missing contents[0].templateId: choose a message template'],
    [{ contents: [{ kind: 'subscription', channelId: 'c', templateId: 't', fields: { a: 1 } }] }, 'not_texts contents[0].fields: give one text per template field, for example {"thing1": "…"}'],
    [{ contents: [input.contents[0]!, input.contents[0]!] }, 'repeated contents[1]: uses the same permit as contents[0]; remove one of them'],
  ] as [Partial<CampaignInput>, string][])('refuses %j', (change, sentence) => {
    expect(problem(change)).toBe(sentence);
  });
});
