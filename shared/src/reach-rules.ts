// What each platform allows a merchant to send, as numbers: one row per kind of permit, with where the number comes from and since when it
// holds. Nothing else in the tree knows these numbers; a platform that changes its mind is a new row here.

export const PERMIT_KINDS = [
  'one_time_subscription', 'long_term_subscription', 'service_window', 'template_message', 'mass_post', 'contact_message', 'welcome_code',
] as const;
export type PermitKind = (typeof PERMIT_KINDS)[number];

/** Kinds without a number: there is no sum to prove and nothing to give back. */
export const UNLIMITED_KINDS: readonly PermitKind[] = ['long_term_subscription', 'template_message'];

/** `sum`: each grant adds up. `reset`: each action sets the count and the end anew. `unlimited`: until refused. `period`: the calendar grants it. */
export type PermitGrowth = 'sum' | 'reset' | 'unlimited' | 'period';

export type ReachPlatform = 'wechat_mini_program' | 'wechat_official_account' | 'wecom' | 'wechat_kf';

/** What a customer does that opens a window. */
export type WindowAction = 'message' | 'enter' | 'follow' | 'scan' | 'menu' | 'kf_message';

export interface PermitRule {
  platform: ReachPlatform;
  kind: PermitKind;
  /** What earns it. For windows this is also the permit's scope. */
  earnedBy: 'accept' | 'calendar' | 'following' | 'added' | WindowAction;
  growth: PermitGrowth;
  /** Sends that one grant is worth; null: no limit, or a number that the period tells. */
  sends: number | null;
  /** How long a grant lasts in seconds; null: it does not run out, or its period tells. */
  lastsSeconds: number | null;
  /** The platform's page or notice, in words. */
  source: string;
  /** First day we know it to be true, yyyy-mm-dd. */
  since: string;
}

const OFFICIAL_WINDOWS = 'Official-account docs, customer-service messages; official notice of 2023-05-30 (new accounts from 06-12, all by August)';

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
  {
    platform: 'wechat_official_account', kind: 'one_time_subscription', earnedBy: 'accept', growth: 'sum', sends: 1, lastsSeconds: null,
    source: 'Service-account docs, subscription notifications: one send per accept', since: '2021-01-27',
  },
  {
    platform: 'wechat_official_account', kind: 'long_term_subscription', earnedBy: 'accept', growth: 'unlimited', sends: null, lastsSeconds: null,
    source: 'Service-account docs, subscription notifications: public services only', since: '2021-01-27',
  },
  {
    platform: 'wechat_official_account', kind: 'template_message', earnedBy: 'following', growth: 'unlimited', sends: null, lastsSeconds: null,
    source: 'Service-account docs, template messages: the recipient must be a follower; no number per person', since: '2023-05-04',
  },
  { platform: 'wechat_official_account', kind: 'service_window', earnedBy: 'message', growth: 'reset', sends: 5, lastsSeconds: 48 * 3600, source: OFFICIAL_WINDOWS, since: '2023-06-12' },
  { platform: 'wechat_official_account', kind: 'service_window', earnedBy: 'menu', growth: 'reset', sends: 3, lastsSeconds: 60, source: OFFICIAL_WINDOWS, since: '2023-06-12' },
  { platform: 'wechat_official_account', kind: 'service_window', earnedBy: 'follow', growth: 'reset', sends: 3, lastsSeconds: 60, source: OFFICIAL_WINDOWS, since: '2023-06-12' },
  { platform: 'wechat_official_account', kind: 'service_window', earnedBy: 'scan', growth: 'reset', sends: 3, lastsSeconds: 60, source: OFFICIAL_WINDOWS, since: '2023-06-12' },
  {
    platform: 'wechat_official_account', kind: 'mass_post', earnedBy: 'calendar', growth: 'period', sends: 4, lastsSeconds: null,
    source: 'Service-account docs, mass posts: each follower receives at most four in a calendar month', since: '2013-08-05',
  },
  {
    platform: 'wecom', kind: 'contact_message', earnedBy: 'calendar', growth: 'period', sends: null, lastsSeconds: null,
    source: 'WeCom docs, group sends to customers: days of the month a month, or 7 a week or 1 a day by the corp\'s own setting', since: '2025-11-17',
  },
  {
    platform: 'wecom', kind: 'welcome_code', earnedBy: 'added', growth: 'reset', sends: 1, lastsSeconds: 20,
    source: 'WeCom docs, welcome message: the code of an added contact is good once, for 20 seconds', since: '2020-08-16',
  },
  {
    platform: 'wechat_kf', kind: 'service_window', earnedBy: 'kf_message', growth: 'reset', sends: 5, lastsSeconds: 48 * 3600,
    source: 'WeCom docs, WeChat Customer Service, send_msg: 48 hours and five messages after each message of the customer', since: '2023-12-05',
  },
];

/** How often a corp lets its customers be written to; the platform names different defaults, so the strictest stands until told otherwise. */
export const CONTACT_RULES = ['daily_1', 'weekly_7', 'monthly_days'] as const;
export type ContactRule = (typeof CONTACT_RULES)[number];

/** What the calendar grants one person: `scope` names the period, `endsAt` is its end. */
export interface Allowance {
  kind: 'mass_post' | 'contact_message';
  scope: string;
  sends: number;
  endsAt: Date;
}

const CHINA_MS = 8 * 3_600_000; // the platforms count in China's time, which knows no summer time
const DAY_MS = 86_400_000;

/** The allowance of mass posts in the calendar month of a moment. */
export function postAllowance(at: Date): Allowance {
  const { scope, endsAt } = monthOf(at);
  const sends = PERMIT_RULES.find(({ kind }) => kind === 'mass_post')?.sends ?? 0;
  return { kind: 'mass_post', scope, sends, endsAt };
}

/** The allowance of WeCom group sends in the period of a moment, by the corp's own rule. */
export function contactAllowance(at: Date, rule: ContactRule): Allowance {
  if (rule === 'monthly_days') {
    const month = monthOf(at);
    return { kind: 'contact_message', scope: month.scope, sends: month.days, endsAt: month.endsAt };
  }
  const local = new Date(at.getTime() + CHINA_MS);
  const midnight = Math.floor(local.getTime() / DAY_MS) * DAY_MS;
  const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (rule === 'daily_1') return { kind: 'contact_message', scope: dayOf(midnight), sends: 1, endsAt: new Date(midnight + DAY_MS - CHINA_MS) };
  const monday = midnight - ((local.getUTCDay() + 6) % 7) * DAY_MS;
  return { kind: 'contact_message', scope: `week-${dayOf(monday)}`, sends: 7, endsAt: new Date(monday + 7 * DAY_MS - CHINA_MS) };
}

function monthOf(at: Date): { scope: string; days: number; endsAt: Date } {
  const local = new Date(at.getTime() + CHINA_MS);
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth()];
  const [start, end] = [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)];
  return { scope: local.toISOString().slice(0, 7), days: Math.round((end - start) / DAY_MS), endsAt: new Date(end - CHINA_MS) };
}

/** The rule a corp follows, as its channel's settings tell it. */
export function contactRuleOf(settings: Readonly<Record<string, unknown>>): ContactRule {
  return CONTACT_RULES.find((rule) => rule === settings['contactRule']) ?? 'daily_1';
}

/** What one mass call may carry, and how few it takes. */
export const POST_RECIPIENTS = { most: 10_000, fewest: 2, source: 'Official-account docs, mass send by openid list', since: '2018-01-01' } as const;
export const TASK_RECIPIENTS = { most: 10_000, source: 'WeCom docs, group sends to customers', since: '2025-11-17' } as const;
/** WeCom counts 4,000 bytes; a Chinese character is three. */
export const TASK_TEXT_LIMIT = 1_300;
/** How long a group send may wait for its employees; ours, the platform names no end. */
export const TASK_DEADLINE_HOURS = { fewest: 1, most: 15 * 24, usual: 24 } as const;
/** Reminders of an unconfirmed group send. */
export const TASK_REMINDERS = { most: 3, perSeconds: 86_400, source: 'WeCom docs, remind members of a group send', since: '2025-11-17' } as const;

/** The kinds of message that a platform's accounts can carry. */
export const RUNG_KINDS = {
  wechat_mini_program: ['subscription', 'window'],
  wechat_official_account: ['subscription', 'template', 'window', 'post'],
  wecom: ['contact_task'],
  wechat_kf: ['window'],
} as const satisfies Record<ReachPlatform, readonly string[]>;
export type RungKind = (typeof RUNG_KINDS)[ReachPlatform][number];

/** Whether an account of this platform carries this kind of message. `settings`: a subscription account (公众号) has neither templates nor lists of openids. */
export function canCarry(platform: string, kind: RungKind, settings: Readonly<Record<string, unknown>> = {}): boolean {
  if (!Object.hasOwn(RUNG_KINDS, platform)) return false;
  if (platform === 'wechat_official_account' && settings['accountType'] === 'subscription' && kind !== 'window') return false;
  return (RUNG_KINDS[platform as ReachPlatform] as readonly string[]).includes(kind);
}

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

/** The rule for what a customer did; undefined when this platform grants nothing for it. */
export function windowRule(platform: string, action: WindowAction): PermitRule | undefined {
  return PERMIT_RULES.find((rule) => rule.platform === platform && rule.kind === 'service_window' && rule.earnedBy === action);
}

/** Which permit a message on this template spends; a subscription template's is granted by an accept, a notice needs a follower. */
export function subscriptionKind(template: 'one_time' | 'long_term' | 'notice'): PermitKind {
  if (template === 'notice') return 'template_message';
  return template === 'long_term' ? 'long_term_subscription' : 'one_time_subscription';
}
