import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitRules } from './limits.js';

const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
const errors = (query: string) => validate(schema, parse(query), limitRules()).map((error) => error.message);

describe('walking in circles', () => {
  it.each([
    ['customers of coupons of customers', '{ customers { items { coupons { customer { coupons { customer { coupons { id } } } } } } } }'],
    ['through fragments', '{ customers { items { ...A } } } fragment A on Customer { coupons { ...B } } fragment B on Coupon { customer { id } }'],
    ['through a union', 'mutation { redeemCoupon(code: "a", requestKey: "b") { ... on Redemption { coupon { customer { coupons { id } } } } } }'],
    ['messages of customers of messages', '{ messages(dispatchId: "a") { items { customer { messages { id } } } } }'],
  ])('%s is refused', (_name, query) => expect(errors(query)).toEqual([expect.stringMatching(/may not be asked for below a/)]));

  it.each([
    ['a page of customers with all they have', '{ customers { items { id coupons { template { name } } tags { name } timeline { items { type } } messages { id } permits { remaining } } pageInfo { endCursor } } }'],
    ['the same type side by side', '{ me { tenant { id } tenants { id } } a: customer(id: "1") { ...F } b: customer(id: "2") { ...F } } fragment F on Customer { coupons { id } }'],
    ['introspection', '{ __schema { types { name fields { type { name ofType { name ofType { name } } } } } } }'],
    ['a union’s members', 'mutation { signIn(email: "a", password: "b") { ... on Me { tenant { id } tenants { id } } ... on Refusal { code } } }'],
  ])('%s is fine', (_name, query) => expect(errors(query)).toEqual([]));

  it('does not follow fragments for ever', () => {
    const bomb = Array.from({ length: 40 }, (_, i) => `fragment F${i} on Customer { id ${i < 39 ? `...F${i + 1} ...F${i + 1}` : ''} }`).join(' ');
    expect(() => errors(`{ customer(id: "1") { ...F0 } } ${bomb}`)).toThrow(/cost/i);
  });
});
