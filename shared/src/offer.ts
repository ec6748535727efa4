// What platforms allow an offer to promise: the policy linter. Each rule carries the day it became true, so that a merchant can look it up.
import { PROMPT_TEMPLATES } from './reach-rules.ts';

export const OFFER_MODES = ['service', 'conditional'] as const;
/** service: the reward is given whatever the prompt's answer is. conditional: only after the act. */
export type OfferMode = (typeof OFFER_MODES)[number];

/** Why the customer is told later: a notice must serve the reward. `serves`: it belongs to what the customer just did. */
export const NOTICE_PURPOSES = {
  coupon_claimed: { zh: '领取成功通知', en: 'Coupon received', serves: true },
  coupon_expiring: { zh: '优惠券到期提醒', en: 'Coupon about to expire', serves: true },
  result: { zh: '活动结果通知', en: 'Result of the activity', serves: true },
  new_offer: { zh: '新活动通知', en: 'A new offer', serves: false },
} as const satisfies Record<string, { zh: string; en: string; serves: boolean }>;
export type NoticePurpose = keyof typeof NOTICE_PURPOSES;

export const isNoticePurpose = (text: string): text is NoticePurpose => Object.hasOwn(NOTICE_PURPOSES, text);

export type OfferLintRule =
  | 'conditional_subscription' | 'inducing_words' | 'unrelated_notice' | 'too_many_notices' | 'older_clients' | 'same_title' | 'mixed_kinds' | 'no_notice';

export interface OfferLintFinding {
  /** block: the platform forbids it or refuses it. advise: it will work, but think again. */
  level: 'block' | 'advise';
  /** Console: lint.<rule>. */
  rule: OfferLintRule;
  /** The day the platform's rule became true, yyyy-mm-dd; null for advice of our own. */
  since: string | null;
  details?: Record<string, unknown>;
}

export interface OfferLintInput {
  platform: string;
  mode: OfferMode;
  headline: string;
  description: string;
  notices: readonly { purpose: string; title: string; kind: string }[];
}

// WeChat's announcements on mini-program subscription messages: no forcing and no reward for subscribing, nothing the person does not expect from
// the template. Service accounts followed on 2021-01-27.
const NO_INDUCEMENT_SINCE = '2019-10-12';

// "Subscribe" (or allow, authorise, turn on reminders) next to "get" (or receive, a gift, a coupon): the reward reads as the price of the yes.
const AGREE = '(?:订阅|授权|允许(?:通知|提醒|消息)|(?:开启|打开|接受|同意)(?:消息)?(?:通知|提醒|推送))';
const GET = '(?:即送|就送|才能|方可|立得|立减|可得|可领|即可?领|领取?|免费|赠|送|得|奖|返|红包)';
const INDUCING = [new RegExp(`${AGREE}[^。！？!?\\n]{0,8}${GET}`, 'u'), /\b(?:subscribe|opt in|allow notifications)\b[^.!?\n]{0,20}\b(?:to get|and get|for a|to win|to receive)\b/iu];

/** The words that make a reward look like pay for subscribing, or undefined. */
export function inducingWords(text: string): string | undefined {
  for (const pattern of INDUCING) {
    const found = pattern.exec(text)?.[0];
    if (found) return found;
  }
  return undefined;
}

/** What the rules of the platform say of an offer, blocks first. An empty list is a clean offer. */
export function lintOffer(offer: OfferLintInput): OfferLintFinding[] {
  if (offer.platform !== 'wechat_mini_program') return [];
  return [...inducement(offer), ...promptLimits(offer)].toSorted((a, b) => Number(b.level === 'block') - Number(a.level === 'block'));
}

function inducement({ mode, headline, description, notices }: OfferLintInput): OfferLintFinding[] {
  const findings: OfferLintFinding[] = [];
  // The service form is the way out: same coupon, given whatever the answer, and the notice serves it.
  if (mode === 'conditional') findings.push({ level: 'block', rule: 'conditional_subscription', since: NO_INDUCEMENT_SINCE, details: { instead: 'service' } });
  const words = inducingWords(`${headline}\n${description}`);
  if (words) findings.push({ level: 'block', rule: 'inducing_words', since: NO_INDUCEMENT_SINCE, details: { words } });
  for (const notice of notices) {
    const purpose = isNoticePurpose(notice.purpose) ? NOTICE_PURPOSES[notice.purpose] : undefined;
    if (!purpose?.serves) findings.push({ level: 'advise', rule: 'unrelated_notice', since: NO_INDUCEMENT_SINCE, details: { purpose: notice.purpose, title: notice.title } });
  }
  return findings;
}

function promptLimits({ notices }: OfferLintInput): OfferLintFinding[] {
  const { safe, newest, since } = PROMPT_TEMPLATES;
  const count = notices.length;
  const findings: OfferLintFinding[] = [];
  if (count === 0) findings.push({ level: 'advise', rule: 'no_notice', since: null });
  if (count > newest) findings.push({ level: 'block', rule: 'too_many_notices', since, details: { count, max: newest } });
  else if (count > safe) findings.push({ level: 'advise', rule: 'older_clients', since, details: { count, max: safe } });
  const titles = notices.map((notice) => notice.title);
  const twice = titles.find((title, index) => titles.indexOf(title) !== index);
  if (twice !== undefined) findings.push({ level: 'block', rule: 'same_title', since: NO_INDUCEMENT_SINCE, details: { title: twice } });
  if (new Set(notices.map((notice) => notice.kind)).size > 1) findings.push({ level: 'block', rule: 'mixed_kinds', since: NO_INDUCEMENT_SINCE });
  return findings;
}
