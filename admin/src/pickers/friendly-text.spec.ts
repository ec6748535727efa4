import { describe, expect, it } from 'vitest';
import { friendlyVariable, fromFriendly, toFriendly } from './friendly-text.ts';

describe('friendly variables', () => {
  it('shows a variable in words, with what others read', () => {
    expect(toFriendly('{{customer.name}}，{{ coupon.name | default: "8 折券" }}在等您', 'zh')).toBe('【客户称呼】，【最快到期的券｜8 折券】在等您');
    expect(toFriendly('{{shop.name}}', 'en')).toBe('【Shop name】');
  });
  it.each(['{{coupon.expires_at | default: "2026年12月25日 23:59"}}', '您好 {{customer.name}}', '没有变量', '{{shop.name}}{{shop.name}}'])('comes back as it was: %s', (stored) => {
    expect(fromFriendly(toFriendly(stored, 'zh'), 'zh')).toBe(stored);
    expect(fromFriendly(toFriendly(stored, 'en'), 'en')).toBe(stored);
  });
  it('leaves the merchant’s own brackets alone', () => {
    expect(fromFriendly('【山野茶集】您的券快到期了', 'zh')).toBe('【山野茶集】您的券快到期了');
  });
  it('leaves an unknown variable to be seen and judged', () => {
    expect(toFriendly('{{coupon.nme}}', 'zh')).toBe('{{coupon.nme}}');
  });
  it('keeps brackets and bars out of a fallback', () => {
    expect(friendlyVariable('coupon.name', 'zh', '【8】折｜券')).toBe('【最快到期的券｜8折券】');
  });
});
