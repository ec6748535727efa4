// What an alert reads like: whose, what stands still, and what to do.
import { platformProblem, QUOTA_RULES } from '@huiliu/shared';
import type { HomeAlertsQuery } from '../../api/generated/graphql.ts';

export type HomeAlert = HomeAlertsQuery['alerts'][number];
type Translate = (key: string, named: Record<string, unknown>) => string;
interface Surroundings {
  t: Translate;
  lang: 'zh' | 'en';
  /** A moment as people read it. */
  when: (at: string) => string;
}

export function alertWords(alert: HomeAlert, { t, lang, when }: Surroundings): { title: string; text: string } {
  const name = alert.channelName;
  if (alert.kind === 'quota_low') {
    const rule = QUOTA_RULES.find(({ key }) => key === alert.problem);
    const [used, limit] = alert.detail.split('/');
    const back = alert.until ? when(alert.until) : '';
    return { title: t('analytics.alerts.quota', { name, what: rule?.[lang] ?? alert.problem }), text: t(alert.blocks === 'nothing' ? 'analytics.alerts.quotaLow' : 'analytics.alerts.quotaOut', { used, limit, back }) };
  }
  const { what, todo } = platformProblem(alert.problem)[lang];
  const parts = [what, todo, ...(alert.detail ? [t('analytics.alerts.said', { words: alert.detail })] : []), ...(alert.until ? [t('analytics.alerts.until', { at: when(alert.until) })] : [])];
  return { title: t(alert.kind === 'penalty' ? 'analytics.alerts.penalty' : 'analytics.failures.channel', { name }), text: parts.join(lang === 'zh' ? '。' : '. ') };
}
