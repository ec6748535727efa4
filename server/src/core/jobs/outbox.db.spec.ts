import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../ids.js';
import { startTestApp, type TestApp } from '../testing/index.js';

let t: TestApp;
let other: pg.Client;
beforeAll(async () => {
  t = await startTestApp({}, []);
  other = new pg.Client({ connectionString: t.databaseUrl });
  await other.connect();
});
afterAll(async () => {
  await other?.end();
  await t?.stop();
});

const job = (payload: string) => JSON.stringify([{ id: newId(), name: 'test.wake', queue: 'send', attempts: 3, key: 'shop', payload: { r: payload, p: {} } }]);
/** What the relay may take now. */
const free = () => t.sql<{ payload: { r: string } }>('select payload from job_outbox where relayed_at is null for update skip locked');

it('lets nobody take a keyed job before all who asked for it have committed', async () => {
  await t.sql(`select app.enqueue('bull', $1)`, [job('first')]);
  expect(await free()).toHaveLength(1);
  await other.query('begin');
  await other.query(`select app.enqueue('bull', $1)`, [job('second')]);
  expect(await free()).toEqual([]);
  await other.query('commit');
  expect((await free()).map((row) => row.payload.r)).toEqual(['second']);
});
