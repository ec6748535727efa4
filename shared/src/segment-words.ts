// Reads a segment rule back as one sentence, so that a merchant can check that the tree says what was meant.
import type { SegmentLeaf, SegmentNode, SegmentRule } from './segment-rule.ts';

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
  const zh = reading.locale === 'zh';
  if ('not' in node) {
    const inner = describe(node.not, reading, false);
    return zh ? `不符合（${inner}）` : `not (${inner})`;
  }
  if (!('and' in node) && !('or' in node)) return describeLeaf(node, reading);
  const members = 'and' in node ? node.and : node.or;
  const link = 'and' in node ? (zh ? '，且' : ', and ') : (zh ? '，或' : ', or ');
  const words = members.map((member) => describe(member, reading, members.length > 1)).join(link);
  if (!isInner || members.length < 2) return words;
  return zh ? `（${words}）` : `(${words})`;
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

function describeLeaf(leaf: SegmentLeaf, reading: Reading): string {
  return reading.locale === 'zh' ? chinese(leaf, reading.names) : english(leaf, reading.names);
}

function chinese(leaf: SegmentLeaf, names: SegmentNames): string {
  const quote = (all: Readonly<Record<string, string>> | undefined, id: string | undefined, kind: string): string => {
    const name = id === undefined ? undefined : all?.[id];
    return name === undefined ? (id === undefined ? kind : `某个${kind}`) : `「${name}」`;
  };
  switch (leaf.type) {
    case 'tag': return `${leaf.has ? '带有' : '没有'}标签${quote(names.tags, leaf.tagId, '标签').replace('某个标签', '（已删除）')}`;
    case 'source': return `来自${leaf.in.map((key) => names.sources?.[key] ?? key).join('、')}`;
    case 'first_seen': return leaf.op === 'within' ? `最近${leaf.days}天新来` : `${leaf.days}天前就来过`;
    case 'last_visit':
      if (leaf.op === 'never') return '从未到店';
      return leaf.op === 'within' ? `最近${leaf.days}天到过店` : `最近${leaf.days}天未到店`;
    case 'has_coupon': return COUPON_WORDS[leaf.state].zh(quote(names.couponTemplates, leaf.templateId, '优惠券'));
    case 'coupon_expires_within': return `有${quote(names.couponTemplates, leaf.templateId, '优惠券')}将在${leaf.days}天内过期`;
    case 'has_permit': {
      const what = leaf.templateId === undefined && leaf.kind ? KIND_WORDS[leaf.kind].zh : quote(names.messageTemplates, leaf.templateId, '提醒');
      return `${what}还可发送至少${leaf.atLeast}次`;
    }
    case 'window_open': return leaf.hoursLeft === 0 ? '客服会话窗口开着' : `客服会话窗口开着且至少还剩${leaf.hoursLeft}小时`;
    case 'redeemed': return `最近${leaf.days}天核销过优惠券`;
    case 'claimed_offer': return `参加过${quote(names.offers, leaf.offerId, '活动')}`;
  }
}

function english(leaf: SegmentLeaf, names: SegmentNames): string {
  const quote = (all: Readonly<Record<string, string>> | undefined, id: string | undefined, kind: string): string => {
    const name = id === undefined ? undefined : all?.[id];
    return name === undefined ? kind : `“${name}”`;
  };
  switch (leaf.type) {
    case 'tag': return `${leaf.has ? 'with' : 'without'} the tag ${quote(names.tags, leaf.tagId, '(deleted)')}`;
    case 'source': return `from ${leaf.in.map((key) => names.sources?.[key] ?? key).join(' or ')}`;
    case 'first_seen': return leaf.op === 'within' ? `new in the last ${dayWords(leaf.days)}` : `known for more than ${dayWords(leaf.days)}`;
    case 'last_visit':
      if (leaf.op === 'never') return 'never visited';
      return `${leaf.op === 'within' ? 'visited' : 'not visited'} in the last ${dayWords(leaf.days)}`;
    case 'has_coupon': return COUPON_WORDS[leaf.state].en(quote(names.couponTemplates, leaf.templateId, 'coupon'));
    case 'coupon_expires_within': return `whose ${quote(names.couponTemplates, leaf.templateId, 'coupon')} expires within ${dayWords(leaf.days)}`;
    case 'has_permit': {
      const what = leaf.templateId === undefined && leaf.kind ? KIND_WORDS[leaf.kind].en : quote(names.messageTemplates, leaf.templateId, 'reminders');
      return `with at least ${leaf.atLeast} of ${what} left to send`;
    }
    case 'window_open': return leaf.hoursLeft === 0 ? 'with an open service window' : `with a service window open for ${leaf.hoursLeft} more hours`;
    case 'redeemed': return `having redeemed a coupon in the last ${dayWords(leaf.days)}`;
    case 'claimed_offer': return `having claimed ${quote(names.offers, leaf.offerId, 'an offer')}`;
  }
}

function dayWords(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}
