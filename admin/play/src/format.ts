// Coupons in words, in the customer's language.
import type { CouponTerms, PublicOffer } from './contract.ts';
import { isChinese, texts } from './texts.ts';

export interface Face {
  before: string;
  big: string;
  after: string;
}

/** What stands large on the coupon: ¥ 10, 8 折, or the thing itself. */
export function faceOf(terms: CouponTerms, chinese = isChinese): Face {
  if (terms.kind === 'amount') return { before: '¥', big: yuan(terms.valueFen ?? 0), after: '' };
  if (terms.kind === 'exchange') return { before: '', big: terms.exchangeItem ?? terms.name, after: '' };
  const off = terms.percentOff ?? 0;
  return chinese ? { before: '', big: trim((100 - off) / 10), after: '折' } : { before: '', big: String(off), after: '% off' };
}

export function thresholdOf(terms: CouponTerms): string {
  if (terms.minSpendFen > 0) return texts.threshold(yuan(terms.minSpendFen));
  return terms.kind === 'exchange' ? texts.exchange : texts.noThreshold;
}

export function validityOf({ coupon }: PublicOffer): string {
  if (coupon.validity === 'relative') return texts.validDays(coupon.validDays ?? 0);
  return coupon.validUntil ? texts.validUntil(dateTime(coupon.validUntil)) : '';
}

/** 1250 → 12.5 */
export const yuan = (fen: number): string => trim(fen / 100);

/** In the phone's own zone, as its clock shows it. */
export function dateTime(instant: string, chinese = isChinese): string {
  const at = new Date(instant);
  if (!chinese) return at.toLocaleString('en', { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
  return `${at.getFullYear()} 年 ${at.getMonth() + 1} 月 ${at.getDate()} 日 ${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** Read aloud over a counter in groups of four. */
export const grouped = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1 ');

const pad = (value: number): string => String(value).padStart(2, '0');
const trim = (value: number): string => String(Math.round(value * 100) / 100);
