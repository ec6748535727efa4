// The endpoint by the GraphQL-over-HTTP specification, its limits, and the committed schema.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, lexicographicSortSchema, printSchema, buildSchema } from 'graphql';
import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT, startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${stack.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
type Answer = { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
const answer = async (response: Response) => (await response.json()) as Answer;

it('passes the audit of the GraphQL-over-HTTP specification without an error', async () => {
  const results = await auditServer({ url: `${stack.url}/graphql`, fetchFn: fetch });
  const bad = [];
  for (const result of results) if (result.status === 'error') bad.push(`${result.id} ${result.name}: ${result.reason}`);
  expect(results.length).toBeGreaterThan(50);
  expect(bad).toEqual([]);
});

it('serves exactly the committed schema', async () => {
  const served = ((await answer(await post({ query: getIntrospectionQuery() }))).data ?? {}) as IntrospectionQuery;
  const committed = buildSchema(readFileSync(path.join(ROOT, 'server/schema.graphql'), 'utf8'));
  const normal = (text: string) => text.replaceAll(/"""[\s\S]*?"""\n?/g, '').replaceAll(/\n\s*\n/g, '\n');
  expect(normal(printSchema(lexicographicSortSchema(buildClientSchema(served))))).toBe(normal(printSchema(lexicographicSortSchema(committed))));
});

it('refuses a body of 10 MB with a sentence', async () => {
  const response = await post({ query: `{ version } # ${'x'.repeat(10_000_000)}` });
  expect(response.status).toBe(413);
  expect((await answer(response)).errors?.[0]?.message).toMatch(/larger than 1 MB/);
});

it('refuses what is too deep, too wide or too dear', async () => {
  const deep = `{ customers { items { coupons { customer { coupons { customer { coupons { customer { coupons { customer { coupons { customer { coupons { id } } } } } } } } } } } } } }`;
  const wide = `{ ${Array.from({ length: 200 }, (_, i) => `a${i}: version`).join(' ')} }`;
  for (const query of [deep, wide]) {
    const { errors } = await answer(await post({ query }));
    expect(errors?.[0]?.extensions.code).toBe('INVALID');
  }
});

it('names the field of a malformed cursor and of a page that is too large', async () => {
  const { Client } = await import('../support/client.ts');
  const { aMerchant } = await import('../support/merchant.ts');
  const merchant = await aMerchant(stack.url, stack.simulator);
  const client: InstanceType<typeof Client> = merchant.client;
  expect((await client.raw('{ customers(after: "nonsense") { items { id } } }')).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID', field: 'after' });
  expect((await client.raw('{ customers(first: 201) { items { id } } }')).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID', field: 'first' });
});

it('refuses a cookie call without the cross-site header, and a form post', async () => {
  const withCookie = await post({ query: '{ version }' }, { cookie: 'huiliu_session=x' });
  expect(withCookie.status).toBe(403);
  const form = await fetch(`${stack.url}/graphql`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ query: 'mutation { ping(text: "x") }' }) });
  expect(form.status).toBeGreaterThanOrEqual(400);
});
