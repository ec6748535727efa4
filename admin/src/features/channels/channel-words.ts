// From a channel's states and reasons to tones and sentences.
import { platformProblem, platforms } from '@huiliu/shared';
import type { ChannelStatus, CheckState } from '../../api/generated/graphql.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const statusTones: Record<ChannelStatus, Tone> = { connecting: 'warn', live: 'good', failing: 'bad', paused: 'mute', disconnected: 'mute' };

export const checkTones: Record<CheckState, Tone> = { ok: 'good', failed: 'bad', waiting: 'mute' };

const lang = (locale: string): 'zh' | 'en' => (locale === 'en' ? 'en' : 'zh');

export interface Cause {
  what: string;
  todo: string;
}

/** What a platform's no means and what to do about it. */
export function causeOf(reason: string | null | undefined, locale: string): Cause | undefined {
  return reason ? platformProblem(reason)[lang(locale)] : undefined;
}

/** The platform's name in the shown language. */
export function platformName(platform: string, locale: string): string {
  return Object.entries(platforms).find(([id]) => id === platform)?.[1][lang(locale)] ?? platform;
}
