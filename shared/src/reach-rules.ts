// What each platform allows a merchant to send, as numbers: one row per kind of permit, with where the number comes from and since when it
// holds. Nothing else in the tree knows these numbers; a platform that changes its mind is a new row here.

export const PERMIT_KINDS = ['one_time_subscription', 'long_term_subscription', 'service_window'] as const;
export type PermitKind = (typeof PERMIT_KINDS)[number];

/** `sum`: each grant adds up. `reset`: each action sets the count and the end anew. `unlimited`: until refused. */
export type PermitGrowth = 'sum' | 'reset' | 'unlimited';

export interface PermitRule {
  platform: 'wechat_mini_program';
  kind: PermitKind;
  /** What earns it. For windows this is also the permit's scope. */
  earnedBy: 'accept' | 'message' | 'enter';
  growth: PermitGrowth;
  /** Sends that one grant is worth; null: no limit. */
  sends: number | null;
  /** How long a grant lasts in seconds; null: it does not run out. */
  lastsSeconds: number | null;
  /** The platform's page or notice, in words. */
  source: string;
  /** First day we know it to be true, yyyy-mm-dd. */
  since: string;
}

export const PERMIT_RULES: readonly PermitRule[] = [
  {
    platform: 'wechat_mini_program', kind: 'one_time_subscription', earnedBy: 'accept', growth: 'sum', sends: 1, lastsSeconds: null,
    source: 'Mini-program docs, subscription messages: one send per accept, accepts add up, no end', since: '2019-10-12',
  },
  {
    platform: 'wechat_mini_program', kind: 'long_term_subscription', earnedBy: 'accept', growth: 'unlimited', sends: null, lastsSeconds: null,
    source: 'Mini-program docs, subscription messages: public services only', since: '2019-10-12',
  },
  {
    platform: 'wechat_mini_program', kind: 'service_window', earnedBy: 'message', growth: 'reset', sends: 5, lastsSeconds: 48 * 3600,
    source: 'Mini-program docs, customer-service messages; official notice of 2023-05-30 (new accounts from 06-12, all by August)', since: '2023-06-12',
  },
  {
    platform: 'wechat_mini_program', kind: 'service_window', earnedBy: 'enter', growth: 'reset', sends: 2, lastsSeconds: 60,
    source: 'Mini-program docs, customer-service messages: entering the chat', since: '2023-06-12',
  },
];

/** Templates one prompt may ask for: clients before December 2025 refuse more than three. */
export const PROMPT_TEMPLATES = {
  safe: 3,
  newest: 5,
  source: 'Official client typings: five since the release of 2025-12-16, three before',
  since: '2025-12-16',
} as const;

/** The client and the callback tell the same tap within this time of each other (platform retries included). */
export const SAME_PROMPT_SECONDS = 600;

/** The callback of a tap may be lost, so the client's word counts alone; but not more often than this in that time per person and template. */
export const CLIENT_WORD_LIMIT = 5;

/** A window that ends sooner than this after the planned time is not worth a try: the queue may take as long. */
export const WINDOW_MARGIN_SECONDS = 300;

/** The rule for what a customer did. Actions a platform does not know earn nothing. */
export function windowRule(action: 'message' | 'enter'): PermitRule {
  const rule = PERMIT_RULES.find(({ kind, earnedBy }) => kind === 'service_window' && earnedBy === action);
  if (rule === undefined) throw new Error(`no window rule for ${action}`);
  return rule;
}

/** Which permit an accepted template grants. */
export function subscriptionKind(template: 'one_time' | 'long_term'): PermitKind {
  return template === 'long_term' ? 'long_term_subscription' : 'one_time_subscription';
}
