// A campaign's life, as plain rules.
//
//   draft ──launch──▶ planning ──all chunks planned──▶ sending ──nothing left to send──▶ completed
//                        │  ▲                            │  ▲
//                      pause resume                    pause resume
//                        ▼  │                            ▼  │
//                        paused (paused_from: planning | sending)
//   planning, sending ──the platform refuses our content──▶ stopped (paused_from) ──resume──▶ back to paused_from
//   planning, sending, paused, stopped ──cancel──▶ cancelled
//   completed and cancelled are ends; only a draft can be changed or deleted. Any campaign can be duplicated.

import type { Rung } from '../messages/index.js';

export type CampaignState = 'draft' | 'planning' | 'sending' | 'paused' | 'stopped' | 'completed' | 'cancelled';

/** One rung of the ladder as it is stored. */
export type CampaignContent = Rung;

/** A normal day's no: a code for the console and what fills its sentence. */
export interface Whynot {
  code: string;
  details?: Record<string, unknown>;
}

/** What the world looks like at the moment of launch. */
export interface LaunchFacts {
  state: CampaignState;
  contents: readonly CampaignContent[];
  audience: number;
  latestUsefulAt: Date | null;
  offerState: 'draft' | 'published' | 'ended' | undefined;
  channels: ReadonlyMap<string, { name: string; status: string }>;
  templates: ReadonlyMap<string, { title: string; isActive: boolean }>;
  /** Sentences about content that would be refused; empty when all is well. */
  contentProblems: readonly { rung: number; field: string; zh: string; en: string }[];
}

/** The first reason why this campaign may not be launched now. */
export function whyNotLaunch(facts: LaunchFacts, now: Date): Whynot | undefined {
  if (facts.state !== 'draft') return { code: 'campaign_already_launched', details: { state: facts.state } };
  if (facts.latestUsefulAt !== null && facts.latestUsefulAt <= now) {
    return { code: 'latest_useful_passed', details: { latestUsefulAt: facts.latestUsefulAt.toISOString() } };
  }
  if (facts.offerState !== undefined && facts.offerState !== 'published') return { code: 'offer_not_published', details: { state: facts.offerState } };
  return whyNotContents(facts) ?? (facts.audience === 0 ? { code: 'audience_empty' } : undefined);
}

function whyNotContents(facts: LaunchFacts): Whynot | undefined {
  if (facts.contents.length === 0) return { code: 'no_content' };
  for (const [rung, content] of facts.contents.entries()) {
    const channel = facts.channels.get(content.channelId);
    if (channel?.status !== 'live') return { code: 'channel_not_live', details: { rung, channel: channel?.name ?? '', status: channel?.status ?? 'missing' } };
    if (!('templateId' in content)) continue;
    const template = facts.templates.get(content.templateId);
    if (!template?.isActive) return { code: 'template_not_active', details: { rung, template: template?.title ?? '' } };
  }
  const [problem] = facts.contentProblems;
  return problem && { code: 'content_invalid', details: { ...problem, problems: facts.contentProblems } };
}

const RUNNING: readonly CampaignState[] = ['planning', 'sending'];
const HALTED: readonly CampaignState[] = ['paused', 'stopped'];

export function whyNotPause(state: CampaignState): Whynot | undefined {
  return RUNNING.includes(state) ? undefined : { code: state === 'paused' ? 'campaign_already_paused' : 'campaign_not_running', details: { state } };
}

export function whyNotResume(state: CampaignState): Whynot | undefined {
  return HALTED.includes(state) ? undefined : { code: 'campaign_not_paused', details: { state } };
}

export function whyNotCancel(state: CampaignState): Whynot | undefined {
  if (RUNNING.includes(state) || HALTED.includes(state)) return undefined;
  const codes: Partial<Record<CampaignState, string>> = { cancelled: 'campaign_already_cancelled', completed: 'campaign_completed' };
  return { code: codes[state] ?? 'campaign_not_launched', details: { state } };
}

/** Only a draft may be changed or deleted: what was launched is a record. */
export function whyNotChange(state: CampaignState): Whynot | undefined {
  return state === 'draft' ? undefined : { code: 'campaign_not_draft', details: { state } };
}

/** The name of a copy: at most 40 characters, told apart from the original. */
export function copyName(name: string): string {
  const mark = ' 副本';
  return `${[...name].slice(0, 40 - mark.length).join('')}${mark}`;
}
