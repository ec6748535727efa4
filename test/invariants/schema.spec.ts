// What must always be true of the database: read from its own catalogue after all migrations.
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

/** Tables that belong to no tenant, or are read before a tenant is known. Each has a reason. */
const OUTSIDE = new Map([
  ['accounts', 'a person may work for several tenants'],
  ['sessions', 'read to learn the tenant'],
  ['sign_in_throttle', 'counts before anyone is known'],
  ['job_outbox', 'the queue of all tenants'],
  ['dead_letters', 'jobs of all tenants'],
  ['cron_runs', 'the clock'],
  ['worker_heartbeats', 'processes'],
  ['provider_apps', 'the operator’s own apps at the platforms'],
  ['schema_migrations', 'the schema itself'],
  ['tenants', 'the tenant itself: fenced by its id'],
]);

const query = async <T>(text: string, values: unknown[] = []) => (await stack.db.query(text, values)).rows as T[];
const tables = () =>
  query<{ name: string; fenced: boolean; forced: boolean; hasTenant: boolean }>(
    `select c.relname name, c.relrowsecurity fenced, c.relforcerowsecurity forced,
       exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) "hasTenant"
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1`,
  );

it('every table with a tenant is fenced and forced; every other one is on the list', async () => {
  const all = await tables();
  expect(all.length).toBeGreaterThan(25);
  const wrong = all.filter((t) => !OUTSIDE.has(t.name) && !(t.hasTenant && t.fenced && t.forced));
  expect(wrong).toEqual([]);
  expect(all.find((t) => t.name === 'tenants')).toMatchObject({ fenced: true, forced: true });
});

it('primary, unique and foreign keys of tenant tables begin with the tenant', async () => {
  const keys = await query<{ table: string; name: string; first: string }>(
    `select c.relname "table", k.conname "name", a.attname "first" from pg_constraint k
     join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
     where n.nspname = 'public' and k.contype in ('p','u','f') and k.confrelid <> 'accounts'::regclass -- a table without tenants can only be meant by its own key
     union all
     select c.relname, i.relname, a.attname from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
     join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
     where n.nspname = 'public' and x.indisunique`,
  );
  const wrong = keys.filter((k) => !OUTSIDE.has(k.table) && k.first !== 'tenant_id');
  expect(wrong).toEqual([]);
});

it('the running roles own nothing, are no superusers and cannot bypass the fence', async () => {
  const roles = await query<{ name: string; owned: number }>(
    `select r.rolname "name", (select count(*)::int from pg_class c where c.relowner = r.oid) owned from pg_roles r
     where r.rolname in ('huiliu_app', 'huiliu_system') and not r.rolsuper and not r.rolbypassrls and not r.rolcreaterole and not r.rolcreatedb order by 1`,
  );
  expect(roles).toEqual([
    { name: 'huiliu_app', owned: 0 },
    { name: 'huiliu_system', owned: 0 },
  ]);
});

it('without a tenant the fenced role sees no row and may write none', async () => {
  const url = new URL(stack.env['DATABASE_URL']!);
  await stack.db.query("create role probe login in role huiliu_app; insert into tenants (id, slug, name) values (gen_random_uuid(), 'probe', 'probe')");
  url.username = 'probe';
  const password = 'probe-only';
  await stack.db.query(`alter role probe password '${password}'`);
  url.password = password;
  const probe = new pg.Client({ connectionString: url.href });
  await probe.connect();
  try {
    for (const table of await tables()) {
      if (OUTSIDE.has(table.name) && table.name !== 'tenants') continue;
      expect((await probe.query(`select 1 from ${table.name}`)).rowCount, table.name).toBe(0);
    }
    await expect(probe.query("insert into tags (tenant_id, id, name) select id, gen_random_uuid(), 'x' from (select '00000000-0000-4000-8000-000000000001'::uuid id) t")).rejects.toThrow(/row-level security/);
    for (const table of ['accounts', 'sessions', 'job_outbox']) await expect(probe.query(`select 1 from ${table}`)).rejects.toThrow(/permission denied/);
  } finally {
    await probe.end();
  }
});

it('every foreign key has an index that begins with its columns', async () => {
  const bare = await query<{ table: string; name: string }>(
    `select c.relname "table", k.conname "name" from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and k.contype = 'f' and k.confdeltype = 'c' and array_length(k.conkey, 1) > 1
     and not exists (select 1 from pg_index x where x.indrelid = k.conrelid and (string_to_array(x.indkey::text, ' ')::int2[])[1:array_length(k.conkey, 1)] @> k.conkey)`,
  );
  expect(bare).toEqual([]);
});
