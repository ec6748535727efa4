// Reads a segment rule back as one sentence, so that a merchant can check that the tree says what was meant.
import type { SegmentLeaf, SegmentLeafType, SegmentNode, SegmentRule } from './segment-rule.ts';

export type WordsLocale = 'zh' | 'en';

/** Names by id (sources by key). What is missing is called by its kind, never by its id. */
export interface SegmentNames {
  tags?: Readonly<Record<string, string>>;
  couponTemplates?: Readonly<Record<string, string>>;
  messageTemplates?: Readonly<Record<string, string>>;
  offers?: Readonly<Record<string, string>>;
  sources?: Readonly<Record<string, string>>;
}

/** For example 最近30天未到店，且持有未使用的「8折券」. */
export function describeSegment(rule: SegmentRule, names: SegmentNames, locale: WordsLocale): string {
  if ('and' in rule.root && rule.root.and.length === 0) return locale === 'zh' ? '所有客户' : 'All customers';
  const words = describe(rule.root, { names, locale }, false);
  return locale === 'zh' ? words : words.charAt(0).toUpperCase() + words.slice(1);
}

interface Reading {
  names: SegmentNames;
  locale: WordsLocale;
}

function describe(node: SegmentNode, reading: Reading, isInner: boolean): string {
  const isChinese = reading.locale === 'zh';
  if ('not' in node) {
    const inner = describe(node.not, reading, false);
    return isChinese ? `不符合（${inner}）` : `not (${inner})`;
  }
  if (!('and' in node) && !('or' in node)) return describeLeaf(node, reading);
  const members = 'and' in node ? node.and : node.or;
  const link = 'and' in node ? (isChinese ? '，且' : ', and ') : (isChinese ? '，或' : ', or ');
  const words = members.map((member) => describe(member, reading, members.length > 1)).join(link);
  if (!isInner || members.length < 2) return words;
  return isChinese ? `（${words}）` : `(${words})`;
}

const KIND_WORDS = {
  one_time_subscription: { zh: '一次性订阅', en: 'one-time reminders' },
  long_term_subscription: { zh: '长期订阅', en: 'long-term reminders' },
  service_window: { zh: '客服消息', en: 'service messages' },
};

const COUPON_WORDS = {
  claimed: { zh: (c: string) => `持有未使用的${c}`, en: (c: string) => `holding an unused ${c}` },
  redeemed: { zh: (c: string) => `用过${c}`, en: (c: string) => `having used ${c}` },
  expired: { zh: (c: string) => `有过期未用的${c}`, en: (c: string) => `having let ${c} expire` },
  revoked: { zh: (c: string) => `有被作废的${c}`, en: (c: string) => `having had ${c} revoked` },
};

function describeLeaf(leaf: SegmentLeaf, { names, locale }: Reading): string {
  const words = locale === 'zh' ? CHINESE : ENGLISH;
  const say = words[leaf.type] as (one: SegmentLeaf, names: SegmentNames) => string;
  return say(leaf, names);
}

type Names = Readonly<Record<string, string>> | undefined;
type Words = { [T in SegmentLeafType]: (leaf: Extract<SegmentLeaf, { type: T }>, names: SegmentNames) => string };

/** The thing's name in quotes; `any` when the rule names none, `gone` when it names one that we do not know. */
function quoted(all: Names, id: string | undefined, words: { marks: [string, string]; any: string; gone: string }): string {
  if (id === undefined) return words.any;
  const name = all?.[id];
  return name === undefined ? words.gone : `${words.marks[0]}${name}${words.marks[1]}`;
}

const zh = (all: Names, id: string | undefined, kind: string): string => quoted(all, id, { marks: ['「', '」'], any: kind, gone: `某个${kind}` });

const CHINESE: Words = {
  tag: (leaf, names) => `${leaf.has ? '带有' : '没有'}标签${quoted(names.tags, leaf.tagId, { marks: ['「', '」'], any: '', gone: '（已删除）' })}`,
  source: (leaf, names) => `来自${leaf.in.map((key) => names.sources?.[key] ?? key).join('、')}`,
  first_seen: (leaf) => (leaf.op === 'within' ? `最近${leaf.days}天新来` : `${leaf.days}天前就来过`),
  last_visit: (leaf) => (leaf.op === 'never' ? '从未到店' : `最近${leaf.days}天${leaf.op === 'within' ? '到过店' : '未到店'}`),
  has_coupon: (leaf, names) => COUPON_WORDS[leaf.state].zh(zh(names.couponTemplates, leaf.templateId, '优惠券')),
  coupon_expires_within: (leaf, names) => `有${zh(names.couponTemplates, leaf.templateId, '优惠券')}将在${leaf.days}天内过期`,
  has_permit: (leaf, names) => `${leaf.templateId === undefined && leaf.kind ? KIND_WORDS[leaf.kind].zh : zh(names.messageTemplates, leaf.templateId, '提醒')}还可发送至少${leaf.atLeast}次`,
  window_open: (leaf) => (leaf.hoursLeft === 0 ? '客服会话窗口开着' : `客服会话窗口开着且至少还剩${leaf.hoursLeft}小时`),
  redeemed: (leaf) => `最近${leaf.days}天核销过优惠券`,
  claimed_offer: (leaf, names) => `参加过${zh(names.offers, leaf.offerId, '活动')}`,
};

const en = (all: Names, id: string | undefined, kind: string): string => quoted(all, id, { marks: ['“', '”'], any: kind, gone: kind });

const ENGLISH: Words = {
  tag: (leaf, names) => `${leaf.has ? 'with' : 'without'} the tag ${en(names.tags, leaf.tagId, '(deleted)')}`,
  source: (leaf, names) => `from ${leaf.in.map((key) => names.sources?.[key] ?? key).join(' or ')}`,
  first_seen: (leaf) => (leaf.op === 'within' ? `new in the last ${dayWords(leaf.days)}` : `known for more than ${dayWords(leaf.days)}`),
  last_visit: (leaf) => (leaf.op === 'never' ? 'never visited' : `${leaf.op === 'within' ? 'visited' : 'not visited'} in the last ${dayWords(leaf.days)}`),
  has_coupon: (leaf, names) => COUPON_WORDS[leaf.state].en(en(names.couponTemplates, leaf.templateId, 'coupon')),
  coupon_expires_within: (leaf, names) => `whose ${en(names.couponTemplates, leaf.templateId, 'coupon')} expires within ${dayWords(leaf.days)}`,
  has_permit: (leaf, names) =>
    `with at least ${leaf.atLeast} of ${leaf.templateId === undefined && leaf.kind ? KIND_WORDS[leaf.kind].en : en(names.messageTemplates, leaf.templateId, 'reminders')} left to send`,
  window_open: (leaf) => (leaf.hoursLeft === 0 ? 'with an open service window' : `with a service window open for ${leaf.hoursLeft} more hours`),
  redeemed: (leaf) => `having redeemed a coupon in the last ${dayWords(leaf.days)}`,
  claimed_offer: (leaf, names) => `having claimed ${en(names.offers, leaf.offerId, 'an offer')}`,
};

function dayWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}
