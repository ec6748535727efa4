import { afterAll, beforeAll, expect, it } from 'vitest';
import { conflict } from '../errors/app-error.js';
import { startTestApp, type TestApp } from '../testing/index.js';
import { JobRegistry } from './registry.js';
import { JobRunner } from './runner.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({}, []);
});
afterAll(() => t?.stop());

const run = (name: string, error: Error, attempt: number) => {
  t.get(JobRegistry).handlers.set(name, () => Promise.reject(error));
  return t.get(JobRunner).run({ name, envelope: { r: 'test', p: {} }, attempt, maxAttempts: 3 });
};
const letters = (name: string) => t.sql('select error_kind from dead_letters where job_name = $1', [name]);

it('takes a conflict that the handler found for done', async () => {
  await run('test.found', conflict('thing', 'Someone did this first.'), 1);
  expect(await letters('test.found')).toEqual([]);
});

it('runs again after a unique key refused a row, and never drops the work silently', async () => {
  const raw = Object.assign(new Error('duplicate key value violates unique constraint "x"'), { code: '23505' });
  await expect(run('test.raw', raw, 1)).rejects.toMatchObject({ kind: 'conflict' });
  expect(await letters('test.raw')).toEqual([]);
  await run('test.raw', raw, 3);
  expect(await letters('test.raw')).toEqual([{ error_kind: 'conflict' }]);
});
