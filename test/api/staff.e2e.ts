// A merchant's people and keys: signing in and out, roles, invitations, integrators.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let merchant: Merchant;
beforeAll(async () => {
  stack = await startStack();
  merchant = await aMerchant(stack.url, stack.simulator);
});
afterAll(() => stack?.stop());

const SIGN_IN = 'mutation ($e: String!, $p: String!) { signIn(email: $e, password: $p) { __typename ... on Me { role permissions } ... on Refusal { code } } }';
const ME = '{ me { email role } }';
const signIn = async (email: string, password: string) => {
  const client = new Client(stack.url);
  return { client, result: await client.one<{ __typename: string; code?: string; role?: string }>(SIGN_IN, { e: email, p: password }) };
};
const invite = async (email: string, role: string) => {
  const { link } = await merchant.client.one<{ link: string }>('mutation ($e: String!, $r: Role!) { inviteStaff(email: $e, role: $r) { __typename ... on NewInvitation { link } ... on Refusal { code } } }', { e: email, r: role });
  return link.split('/').at(-1)!;
};
const accept = async (token: string, name: string, password: string) => {
  const client = new Client(stack.url);
  const result = await client.one<{ __typename: string; role?: string; code?: string }>('mutation ($t: String!, $n: String!, $p: String!) { acceptInvitation(token: $t, name: $n, password: $p) { __typename ... on Me { role } ... on Refusal { code } } }', { t: token, n: name, p: password });
  return { client, result };
};

it('signs in with the right password only, and says the same for a wrong one and an unknown address', async () => {
  expect((await signIn(merchant.email, merchant.password)).result).toMatchObject({ __typename: 'Me', role: 'owner' });
  expect((await signIn(merchant.email, 'wrong-password')).result).toEqual({ __typename: 'Refusal', code: 'wrong_credentials' });
  expect((await signIn('nobody@example.com', 'wrong-password')).result).toEqual({ __typename: 'Refusal', code: 'wrong_credentials' });
});

it('sets an httpOnly, same-site cookie', async () => {
  const answer = await fetch(`${stack.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: SIGN_IN, variables: { e: merchant.email, p: merchant.password } }) });
  expect(answer.headers.get('set-cookie')).toMatch(/^huiliu_session=[\w-]{43};.*HttpOnly;.*SameSite=Lax/);
});

it('names the field of bad sign-up input', async () => {
  const signUp = (input: object) => new Client(stack.url).raw('mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }', { input: { tenantName: '店', name: '人', email: 'a@b.cn', password: 'long-enough-1', ...input } });
  for (const [input, field] of [[{ email: 'nope' }, 'email'], [{ password: 'short' }, 'password'], [{ tenantName: ' ' }, 'tenantName'], [{ name: '' }, 'name']] as const) {
    const { errors } = await signUp(input);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID', field });
  }
  const taken = await new Client(stack.url).one('mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ... on Refusal { code } } }', { input: { tenantName: '店', name: '人', email: merchant.email, password: 'long-enough-1' } });
  expect(taken).toEqual({ __typename: 'Refusal', code: 'email_taken' });
});

it('slows guessing down, for every process', async () => {
  const email = `guessed-${Date.now()}@example.com`;
  for (let i = 0; i < 10; i++) await signIn(email, 'wrong-password');
  const { errors } = await new Client(stack.url).raw(SIGN_IN, { e: email, p: 'wrong-password' });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'THROTTLED', retryAfterSeconds: expect.any(Number) });
});

it('takes an invited clerk in once, and lets the clerk do a clerk’s work only', async () => {
  const token = await invite('clerk@example.com', 'clerk');
  const tries = await Promise.all(Array.from({ length: 5 }, () => accept(token, '小王', 'clerk-passphrase')));
  expect(tries.filter((t) => t.result.__typename === 'Me')).toHaveLength(1);
  const { client } = tries.find((t) => t.result.__typename === 'Me')!;
  expect(await client.one(ME)).toEqual({ email: 'clerk@example.com', role: 'clerk' });
  expect((await client.raw('{ customers { items { id } } }')).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'customer.read' });
  expect((await client.raw('mutation { updateTenant(input: {name: "x"}) { id } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect(await client.one('{ couponByCode(code: "NONE") { id } }')).toBeNull();
});

it('lets nobody give a role above the own, nor remove the last owner', async () => {
  const { client: admin } = await accept(await invite('admin@example.com', 'admin'), '小李', 'admin-passphrase');
  const staff = await admin.one<{ id: string; email: string; role: string }[]>('{ staff { id email role } }');
  const owner = staff.find((s) => s.role === 'owner')!;
  const self = staff.find((s) => s.email === 'admin@example.com')!;
  const change = (client: Client, id: string, role: string) => client.raw('mutation ($id: ID!, $r: Role!) { changeRole(staffId: $id, role: $r) { __typename ... on Refusal { code } } }', { id, r: role });
  expect((await change(admin, self.id, 'owner')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await change(admin, owner.id, 'clerk')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await change(merchant.client, owner.id, 'clerk')).data).toEqual({ changeRole: { __typename: 'Refusal', code: 'last_owner' } });
});

it('ends a removed person’s session at once', async () => {
  const { client } = await accept(await invite('gone@example.com', 'operator'), '小赵', 'gone-passphrase');
  const me = (await merchant.client.one<{ id: string; email: string }[]>('{ staff { id email } }')).find((s) => s.email === 'gone@example.com')!;
  await merchant.client.ask('mutation ($id: ID!) { removeStaff(staffId: $id) { __typename } }', { id: me.id });
  expect(await client.one(ME)).toBeNull();
});

it('changes the password, ends the other sessions, and signs out everywhere', async () => {
  const { client } = await accept(await invite('pw@example.com', 'analyst'), '小钱', 'first-passphrase');
  const { client: other } = await signIn('pw@example.com', 'first-passphrase');
  const change = (current: string, next: string) => client.one<{ __typename: string; code?: string }>('mutation ($c: String!, $n: String!) { changePassword(current: $c, next: $n) { __typename ... on Refusal { code } } }', { c: current, n: next });
  expect(await change('not-the-one', 'second-passphrase')).toMatchObject({ code: 'wrong_password' });
  expect(await change('first-passphrase', 'second-passphrase')).toEqual({ __typename: 'Done' });
  expect(await other.one(ME)).toBeNull();
  expect(await client.one(ME)).toMatchObject({ email: 'pw@example.com' });
  const { client: third } = await signIn('pw@example.com', 'second-passphrase');
  await client.ask('mutation { signOutEverywhere { ok } }');
  expect([await client.one(ME), await third.one(ME)]).toEqual([null, null]);
});

it('answers an integrator by scoped key, shown once, stored hashed, until it is revoked', async () => {
  const made = await merchant.client.one<{ secret: string; apiKey: { id: string } }>('mutation { createApiKey(name: "收银", scopes: ["coupon.read", "coupon.redeem"]) { secret apiKey { id prefix } } }');
  const till = new Client(stack.url, made.secret);
  expect(await till.one('{ couponTemplates { id } }')).toEqual([]);
  expect((await till.raw('{ customers { items { id } } }')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  const stored = await stack.db.query('select * from api_keys where id = $1', [made.apiKey.id]);
  expect(JSON.stringify(stored.rows)).not.toContain(made.secret.split('_').at(-1));
  expect((await merchant.client.raw('mutation { createApiKey(name: "x", scopes: ["staff.manage"]) { secret } }')).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID', field: 'scopes' });
  await merchant.client.ask('mutation ($id: ID!) { revokeApiKey(id: $id) { ok } }', { id: made.apiKey.id });
  await expect(till.one('{ couponTemplates { id } }')).rejects.toThrow(/UNAUTHENTICATED/);
});

it('writes who did what into the audit log, readable by page', async () => {
  const first = await merchant.client.one<{ items: { action: string; actorName: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }>('{ auditEntries(first: 3) { items { action actorName } pageInfo { hasNextPage endCursor } } }');
  expect(first.items).toHaveLength(3);
  const second = await merchant.client.one<{ items: { action: string }[] }>('query ($a: String) { auditEntries(first: 100, after: $a) { items { action } } }', { a: first.pageInfo.endCursor });
  const actions = [...first.items, ...second.items].map((i) => i.action);
  expect(actions).toEqual(expect.arrayContaining(['staff.invite', 'staff.join', 'integrator.create_key', 'integrator.revoke_key', 'staff.remove']));
});
