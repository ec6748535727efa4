// Callers who mean harm: other merchants, guessers, and customers who ask for more than is theirs.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import { aShopper } from '../support/customer.ts';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../support/merchant.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let merchant: Merchant;
beforeAll(async () => {
  stack = await startStack({ env: { TRUST_PROXY: '1' } });
  merchant = await aMerchant(stack.url, stack.simulator);
});
afterAll(() => stack?.stop());

const post = (path: string, headers: Record<string, string>, query = '{ version }') =>
  fetch(`${stack.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) });
const invite = async (client: Client, email: string, role = 'clerk') =>
  (await client.one<{ link: string }>('mutation ($e: String!, $r: Role!) { inviteStaff(email: $e, role: $r) { ... on NewInvitation { link } } }', { e: email, r: role })).link.split('/').at(-1)!;
const ACCEPT = 'mutation ($t: String!, $p: String!) { acceptInvitation(token: $t, name: "人", password: $p) { __typename ... on Refusal { code } } }';
const accept = (token: string, password: string, client = new Client(stack.url)) => client.raw<{ acceptInvitation: { __typename: string; code?: string } }>(ACCEPT, { t: token, p: password });

it('holds the cross-site rules however the address is written', async () => {
  for (const path of ['/graphql', '/%67raphql', '/graphq%6C?x=1']) {
    expect((await post(path, { cookie: 'huiliu_session=x' })).status).toBe(403);
    expect((await post(path, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await post(path, { cookie: 'huiliu_session=x', 'x-huiliu-csrf': '1' })).status).toBe(200);
  }
});

it('does not let an invitation serve to guess the password of another merchant’s owner', async () => {
  const victim = await aMerchant(stack.url, stack.simulator, '另一家');
  const token = await invite(merchant.client, victim.email);
  for (let i = 0; i < 10; i++) expect((await accept(token, `guess-number-${i}`)).data?.acceptInvitation).toEqual({ __typename: 'Refusal', code: 'wrong_credentials' });
  expect((await accept(token, victim.password)).errors?.[0]?.extensions.code).toBe('THROTTLED');
});

it('shuts the doors that a removed member of staff had left open', async () => {
  const admin = new Client(stack.url);
  await accept(await invite(merchant.client, 'mole@example.com', 'admin'), 'mole-passphrase', admin);
  const token = await invite(admin, 'mole-again@example.com', 'admin');
  const mole = (await merchant.client.one<{ id: string; email: string }[]>('{ staff { id email } }')).find((one) => one.email === 'mole@example.com')!;
  await merchant.client.ask('mutation ($id: ID!) { removeStaff(staffId: $id) { __typename } }', { id: mole.id });
  expect((await accept(token, 'mole-passphrase')).data?.acceptInvitation).toEqual({ __typename: 'Refusal', code: 'invitation_over' });
});

it('counts a caller by what our own proxy saw, and any address fits', async () => {
  const email = `${'x'.repeat(500)}@example.com`;
  const signIn = `mutation { signIn(email: "${email}", password: "wrong-password") { ... on Refusal { code } } }`;
  const answer = await post('/graphql', { 'x-forwarded-for': '198.51.100.1, 203.0.113.77' }, signIn);
  expect(await answer.json()).toEqual({ data: { signIn: { code: 'wrong_credentials' } } });
  const { rows } = await stack.db.query<{ key: string }>("select key from sign_in_throttle where key like 'address:%'");
  expect(rows.map((row) => row.key)).toContain('address:203.0.113.77');
  expect(rows.map((row) => row.key)).not.toContain('address:198.51.100.1');
});

it('keeps how the shop is doing from customers, and customers from keys that may not read them', async () => {
  const coupon = await aCoupon(merchant);
  const offer = await anOffer(merchant, coupon.id);
  const shopper = await aShopper(stack.url, stack.simulator, merchant);
  await shopper.client.ask('mutation ($o: ID!) { claimOffer(offerId: $o) { __typename } }', { o: offer.id });
  expect(await shopper.client.one('{ wallet { template { name } customer { id } } }')).toEqual([{ template: { name: '满30减10元券' }, customer: null }]);
  for (const field of ['stock', 'remaining', 'claimed', 'redeemed']) {
    expect((await shopper.client.raw(`{ wallet { template { ${field} } } }`)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'coupon.read' });
  }
  const { secret } = await merchant.client.one<{ secret: string }>('mutation { createApiKey(name: "分群", scopes: ["segment.read"]) { secret } }');
  const sample = 'query ($rule: JSON!) { segmentSample(rule: $rule) { phone } }';
  expect((await new Client(stack.url, secret).raw(sample, { rule: { version: 1, root: { and: [] } } })).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'customer.read' });
});

it('answers no key of a merchant who is suspended', async () => {
  const other = await aMerchant(stack.url, stack.simulator, '停业的店');
  const { secret } = await other.client.one<{ secret: string }>('mutation { createApiKey(name: "收银", scopes: ["coupon.read"]) { secret } }');
  expect(await new Client(stack.url, secret).one('{ couponTemplates { id } }')).toEqual([]);
  await stack.db.query('update tenants set suspended_at = now() where id = $1', [other.tenantId]);
  await expect(new Client(stack.url, secret).one('{ couponTemplates { id } }')).rejects.toThrow(/UNAUTHENTICATED/);
});

it('names a forged cursor, and a text that cannot be stored', async () => {
  const shopper = await aShopper(stack.url, stack.simulator, merchant);
  const longAgo = Buffer.from(`-8640000000000000:${shopper.customerId}`).toString('base64url');
  const { errors } = await merchant.client.raw('query ($id: ID!, $a: String) { customer(id: $id) { timeline(after: $a) { items { id } } } }', { id: shopper.customerId, a: longAgo });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID', field: 'after' });
  // A request that is none stays the caller's mistake.
  expect((await new Client(stack.url).raw('')).errors?.[0]?.extensions.code).toBe('INVALID');
  const nul = await new Client(stack.url).raw('query ($s: String!) { publicOffer(tenantSlug: $s, entryCode: "a") { id } }', { s: 'a\u0000b' });
  expect(nul.errors?.[0]?.extensions.code).toBe('INVALID');
});

it('does not take an offset for a time zone: Postgres would read it the other way round', async () => {
  const set = (timezone: string) => merchant.client.raw('mutation ($z: String!) { updateTenant(input: { timezone: $z }) { timezone } }', { z: timezone });
  expect((await set('+08:00')).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID', field: 'timezone' });
  expect((await set('Asia/Shanghai')).data).toEqual({ updateTenant: { timezone: 'Asia/Shanghai' } });
});
