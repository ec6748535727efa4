// Coupon codes: short enough to read out at a till, safe against a slip of the finger.

/** No 0, 1, I, L, O: what looks alike on a receipt is not in it. 31 letters, a prime, so that the check below finds every swap. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
export const CODE_LENGTH = 12;
const BASE = CODE_ALPHABET.length;
const BODY = CODE_LENGTH - 1;

// Weights 1…11 differ and are no multiple of 31: one wrong letter, or two neighbours swapped, always changes the sum.
function checkCharacter(body: string): string {
  let sum = 0;
  for (let i = 0; i < BODY; i++) sum += (i + 1) * CODE_ALPHABET.indexOf(body.charAt(i));
  return CODE_ALPHABET.charAt(sum % BASE);
}

/** How many random bytes one code takes from its source. */
export const CODE_BYTES = BODY * 2;

/**
 * A code of 11 random letters and a check letter, about 54 bits.
 * @param random at least CODE_BYTES bytes from a cryptographic source: a code is as good as money.
 */
export function couponCode(random: Uint8Array): string {
  let body = '';
  // Two bytes a letter keep the bias below one in two thousand.
  for (let i = 0; i < BODY; i++) body += CODE_ALPHABET.charAt(((random[2 * i]! << 8) | random[2 * i + 1]!) % BASE);
  return body + checkCharacter(body);
}

/** As people type it: any case, with spaces or hyphens. */
export const normaliseCode = (typed: string): string => typed.toUpperCase().replaceAll(/[\s\-–—]/gu, '');

/** False when the code cannot be one of ours: mistyped. */
export function isCouponCode(code: string): boolean {
  if (code.length !== CODE_LENGTH) return false;
  if ([...code].some((letter) => !CODE_ALPHABET.includes(letter))) return false;
  return checkCharacter(code.slice(0, BODY)) === code.charAt(BODY);
}
