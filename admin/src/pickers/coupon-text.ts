// How a coupon reads in a merchant's words: what it is worth, from which amount on, and until when.

/** The parts of a coupon template that its face shows. Money in fen; percentOff 20 means 20 % off (8 折). */
export interface CouponFace {
  name: string;
  kind: 'amount' | 'percent' | 'exchange';
  valueFen?: number | null;
  percentOff?: number | null;
  maxDiscountFen?: number | null;
  exchangeItem?: string | null;
  minSpendFen: number;
  validity: 'fixed' | 'relative';
  validFrom?: string | null;
  validUntil?: string | null;
  validDays?: number | null;
  usageNotes?: string | null;
}

export type Translate = (key: string, params: Record<string, unknown>) => string;

/** Fen as yuan without idle zeros: 2000 → "20", 1250 → "12.5". */
export function yuan(fen: number): string {
  return String(Math.round(fen) / 100);
}

/** 20 (% off) → "8" (折); 15 → "8.5". */
export function toZhe(percentOff: number): string {
  return String((100 - percentOff) / 10);
}

/** "8" (折) → 20 (% off), or undefined when it is no discount between 0.1 and 9.9. */
export function fromZhe(zhe: number | undefined | null): number | undefined {
  if (zhe === undefined || zhe === null || Number.isNaN(zhe)) return undefined;
  const percent = Math.round(100 - zhe * 10);
  return percent >= 1 && percent <= 99 ? percent : undefined;
}

/** The large figure of the face: "¥20", "8 折", or what is exchanged. */
export function couponFigure(face: CouponFace, t: Translate): string {
  if (face.kind === 'amount') return `¥${yuan(face.valueFen ?? 0)}`;
  if (face.kind === 'percent') return t('pickers.coupon.percent', { zhe: toZhe(face.percentOff ?? 0), percent: face.percentOff ?? 0 });
  return face.exchangeItem || t('pickers.coupon.exchangeItem', {});
}

/** One line: "满 100 元减 20 元", "8 折，最多减 30 元", "兑换美式咖啡一杯". */
export function couponBenefit(face: CouponFace, t: Translate): string {
  const spend = face.minSpendFen > 0 ? t('pickers.coupon.from', { spend: yuan(face.minSpendFen) }) : '';
  if (face.kind === 'exchange') return spend + t('pickers.coupon.exchange', { item: couponFigure(face, t) });
  if (face.kind === 'amount') {
    return spend + t(spend ? 'pickers.coupon.minus' : 'pickers.coupon.straightMinus', { value: yuan(face.valueFen ?? 0) });
  }
  const cap = face.maxDiscountFen ? t('pickers.coupon.atMost', { max: yuan(face.maxDiscountFen) }) : '';
  return spend + couponFigure(face, t) + cap;
}

/** "领取后 7 天内有效" or "2026/12/01 至 2026/12/31"; `day` writes an instant as a day of the merchant's zone. */
export function couponValidity(face: CouponFace, t: Translate, day: (iso: string) => string): string {
  if (face.validity === 'relative') return t('pickers.coupon.days', { days: face.validDays ?? 0 });
  if (!face.validUntil) return '';
  const until = day(face.validUntil);
  return face.validFrom ? t('pickers.coupon.between', { from: day(face.validFrom), until }) : t('pickers.coupon.until', { until });
}
