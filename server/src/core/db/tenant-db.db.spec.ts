import { afterAll, beforeAll, expect, it } from 'vitest';
import { TenantDb } from './tenant-db.js';
import { startTestApp, type TestApp } from '../testing/index.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({}, []);
});
afterAll(() => t?.stop());

it('shows a tenant its own rows and none of another', async () => {
  const [a, b] = [await t.tenant('甲'), await t.tenant('乙')];
  const db = t.get(TenantDb);
  for (const [tenant, name] of [[a, 'A'], [b, 'B']] as const)
    await t.as(tenant, () => db.write(() => db.exec('insert into tags (tenant_id, id, name) values (app.current_tenant(), gen_random_uuid(), $1)', [name])));
  expect(await t.as(a, () => db.read(() => db.query('select name from tags')))).toEqual([{ name: 'A' }]);
  const stolen = t.as(a, () => db.write(() => db.exec('insert into tags (tenant_id, id, name) values ($1, gen_random_uuid(), $2)', [b, 'C'])));
  await expect(stolen).rejects.toThrow(/row-level security/);
});

it('keeps tenants apart under 200 mixed reads at once', async () => {
  const tenants = await Promise.all(Array.from({ length: 10 }, (_, i) => t.tenant(`商户${i}`)));
  const db = t.get(TenantDb);
  const read = async (id: string) => (await t.as(id, () => db.read(() => db.one<{ id: string }>('select id from tenants'))))?.id;
  const wanted = Array.from({ length: 200 }, (_, i) => tenants[i % 10]!);
  expect(await Promise.all(wanted.map(read))).toEqual(wanted);
});

it('does not let one tenant’s work join another’s open transaction', async () => {
  const [a, b] = [await t.tenant('甲'), await t.tenant('乙')];
  const db = t.get(TenantDb);
  const names = () => db.read(() => db.query('select name from tags'));
  await expect(t.as(a, () => db.write(() => t.as(b, names)))).rejects.toMatchObject({ kind: 'bug' });
  await expect(t.as(a, () => db.write(() => t.as(a, names)))).resolves.toEqual([]);
});

it('refuses a statement outside of a transaction', async () => {
  const db = t.get(TenantDb);
  await expect(db.query('select 1')).rejects.toThrow(/transaction/);
});

it('rolls back what a failing unit wrote', async () => {
  const tenant = await t.tenant();
  const db = t.get(TenantDb);
  const failing = t.as(tenant, () =>
    db.write(async () => {
      await db.exec("insert into tags (tenant_id, id, name) values (app.current_tenant(), gen_random_uuid(), 'gone')");
      throw new Error('no');
    }),
  );
  await expect(failing).rejects.toThrow('no');
  expect(await t.as(tenant, () => db.read(() => db.query('select name from tags')))).toEqual([]);
});

it('runs a deadlocked unit again, in a new transaction', async () => {
  const tenant = await t.tenant();
  const db = t.get(TenantDb);
  await t.as(tenant, () => db.write(() => db.exec("insert into tags (tenant_id, id, name) select app.current_tenant(), ('00000000-0000-4000-8000-00000000000' || i)::uuid, 'tag' || i from generate_series(1,2) i")));
  const swap = (first: number, second: number) =>
    t.as(tenant, () =>
      db.write(async () => {
        await db.exec("update tags set name = name || '.' where id::text like '%' || $1", [String(first)]);
        await new Promise((resolve) => setTimeout(resolve, 50));
        await db.exec("update tags set name = name || '.' where id::text like '%' || $1", [String(second)]);
      }),
    );
  await Promise.all([swap(1, 2), swap(2, 1)]);
  const names = await t.as(tenant, () => db.read(() => db.query<{ name: string }>('select name from tags order by name')));
  expect(names.map((r) => r.name)).toEqual(['tag1..', 'tag2..']);
});
