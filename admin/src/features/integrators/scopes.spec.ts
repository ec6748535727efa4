// @vitest-environment node
import { integratorScopes } from '@huiliu/shared';
import { describe, expect, it } from 'vitest';
import en from '../../locales/en/integrators.json' with { type: 'json' };
import zh from '../../locales/zh-CN/integrators.json' with { type: 'json' };
import { groupScopes, scopeKey } from './scopes.ts';

describe('the scopes of a key', () => {
  it('stand together by what they are about, in the given order', () => {
    expect(groupScopes(['coupon.read', 'offer.read', 'coupon.redeem'])).toEqual([
      { noun: 'coupon', scopes: ['coupon.read', 'coupon.redeem'] },
      { noun: 'offer', scopes: ['offer.read'] },
    ]);
  });
  it.each(integratorScopes)('have words in both languages: %s', (scope) => {
    expect(zh.scopes).toHaveProperty(scopeKey(scope));
    expect(en.scopes).toHaveProperty(scopeKey(scope));
  });
});
