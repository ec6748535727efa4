// Who comes and what each of them will do: drawn from the seed before anybody moves.
import { type Dice, dice } from './random.ts';

export const SOURCES = ['jd_search', 'douyin_ad', 'shop_qr', 'wechat_moments'] as const;
export type Source = (typeof SOURCES)[number];
export type OfferKey = 'amount' | 'percent' | 'croissant';

/** Which offer each entry link leads to. */
export const OFFER_OF: Record<Source, OfferKey> = { jd_search: 'amount', douyin_ad: 'amount', shop_qr: 'percent', wechat_moments: 'croissant' };

export type Answer = 'accept' | 'always' | 'reject' | 'ban';

/** One person's part. Shares are our own invention: a lively bakery, not a statistic. */
export interface Part {
  source: Source;
  /** Looks at the page and leaves without signing in. */
  justLooks: boolean;
  claims: boolean;
  answer: Answer;
  /** What they write to customer service, if anything. */
  writes: string | undefined;
  /** The merchant learnt the name (at the till, on the phone). */
  isNamed: boolean;
  redeemsAtOnce: boolean;
  /** Says yes to the member day's reminder when asked at the till. */
  takesMemberDay: boolean;
  /** Comes again by the code in the shop, with this answer to the next prompt. */
  comesBack: boolean;
  answersAgain: Answer;
  /** Turns the reminder off in the settings afterwards. */
  switchesOff: boolean;
  /** After the campaign: comes back when reminded; comes back anyway; and buys then. */
  heedsReminder: boolean;
  returnsAnyway: boolean;
  buysThen: boolean;
  orderFen: number;
  laterOrderFen: number;
  store: string;
}

const WORDS = [
  '请问今天还有可颂吗？', '生日蛋糕要提前多久订？', '周末几点开门呀', '券可以和会员价一起用吗', '有没有无糖的吐司？', '你们家贝果太好吃了', '大学城店还有停车位吗',
  '可以送到国贸吗？', '请问栗子蒙布朗还有货吗', '想订二十份下午茶', '刚才付款忘了用券，还能补吗', '明天早上八点能取吗',
];
const ANSWERS = [['accept', 0.54], ['always', 0.14], ['reject', 0.27], ['ban', 0.05]] as const;

/** The parts of `count` people. The first three make sure that every kind of thing happens at least once. */
export function castOf(seed: number, count: number): Part[] {
  return Array.from({ length: count }, (_, index) => ({ ...partOf(dice(seed, index)), ...LEADS[index] }));
}

const LEADS: Partial<Part>[] = [
  { justLooks: false, claims: true, answer: 'accept', writes: undefined, redeemsAtOnce: false, switchesOff: false, heedsReminder: true, buysThen: true },
  { justLooks: false, claims: true, answer: 'accept', writes: WORDS[0], redeemsAtOnce: false, switchesOff: false, heedsReminder: true },
  { justLooks: false, claims: true, answer: 'always', redeemsAtOnce: true, comesBack: true, switchesOff: false },
];

function partOf(d: Dice): Part {
  return {
    source: d.weighed([['jd_search', 0.38], ['douyin_ad', 0.26], ['shop_qr', 0.24], ['wechat_moments', 0.12]]),
    justLooks: d.happens(0.08),
    claims: d.happens(0.92),
    answer: d.weighed(ANSWERS),
    writes: d.happens(0.14) ? d.pick(WORDS) : undefined,
    isNamed: d.happens(0.7),
    redeemsAtOnce: d.happens(0.24),
    takesMemberDay: d.happens(0.5),
    comesBack: d.happens(0.12),
    answersAgain: d.weighed(ANSWERS.slice(0, 3)),
    switchesOff: d.happens(0.03),
    heedsReminder: d.happens(0.34),
    returnsAnyway: d.happens(0.06),
    buysThen: d.happens(0.55),
    orderFen: d.between(32, 118) * 100,
    laterOrderFen: d.between(32, 138) * 100,
    store: d.weighed([['人民路店', 0.6], ['大学城店', 0.4]]),
  };
}
