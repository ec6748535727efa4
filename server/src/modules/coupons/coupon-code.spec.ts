import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CODE_ALPHABET, CODE_BYTES, couponCode, isCouponCode, normaliseCode } from './coupon-code.js';

const code = couponCode(randomBytes(CODE_BYTES));

describe('coupon codes', () => {
  it('have twelve letters that cannot be mistaken for one another', () => {
    expect(code).toHaveLength(12);
    expect(code).not.toMatch(/[01ILO]/);
    expect(isCouponCode(code)).toBe(true);
  });
  it('show any one wrong letter', () => {
    for (let i = 0; i < code.length; i++) {
      for (const letter of CODE_ALPHABET) {
        if (letter !== code[i]) expect(isCouponCode(code.slice(0, i) + letter + code.slice(i + 1))).toBe(false);
      }
    }
  });
  it('show two neighbours swapped', () => {
    for (let i = 0; i < code.length - 1; i++) {
      const swapped = code.slice(0, i) + code[i + 1] + code[i] + code.slice(i + 2);
      if (swapped !== code) expect(isCouponCode(swapped)).toBe(false);
    }
  });
  it('are read as people type them', () => {
    expect(normaliseCode(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4, 8)} ${code.slice(8)}`)).toBe(code);
  });
  it('differ: none repeats among 20,000', () => {
    expect(new Set(Array.from({ length: 20_000 }, () => couponCode(randomBytes(CODE_BYTES)))).size).toBe(20_000);
  });
});
