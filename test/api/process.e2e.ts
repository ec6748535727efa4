// The process as its keeper sees it: alive, ready, unready without a database, and gone in order.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/client.ts';
import { freePort, SCRIPTS, startProcess, startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ durable: true });
});
afterAll(() => stack?.stop());

const status = async (path: string) => (await fetch(stack.url + path)).status;

it('is alive and ready', async () => {
  expect([await status('/health/live'), await status('/health/ready')]).toEqual([200, 200]);
});

it('answers unknown addresses and broken JSON with a sentence and a code', async () => {
  const lost = await fetch(`${stack.url}/nowhere`);
  expect([lost.status, await lost.json()]).toEqual([404, { error: expect.objectContaining({ code: 'NOT_FOUND' }) }]);
  const broken = await fetch(`${stack.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
  expect([broken.status, await broken.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'INVALID' } }] }]);
});

it('names the request in its answer', async () => {
  const answer = await fetch(`${stack.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ version }' }) });
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

it('survives a crash of the database and is ready again', async () => {
  await stack.crashPostgres();
  await eventually(() => status('/health/ready'), (s) => s === 200, 30);
  expect(await status('/health/live')).toBe(200);
});

it('ends with code 0 on SIGTERM after it has answered what was under way', async () => {
  const port = await freePort();
  const child = await startProcess(SCRIPTS.api, { ...stack.env, PORT: String(port) });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const asked = Promise.all(Array.from({ length: 20 }, () => fetch(`http://127.0.0.1:${port}/health/ready`).then((r) => r.status)));
  const answers = await asked.finally(() => child.kill('SIGTERM'));
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(await gone).toBe(0);
});

it('says which variable is wrong and how to mend it, and does not start', async () => {
  const lines: string[] = [];
  const { spawn } = await import('node:child_process');
  const { ROOT } = await import('../support/stack.ts');
  const child = spawn(process.execPath, [SCRIPTS.api], { cwd: ROOT, env: { ...stack.env, SECRET_KEY: 'short', PORT: 'many' }, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.on('data', (chunk: Buffer) => lines.push(String(chunk)));
  expect(await new Promise((resolve) => child.once('exit', resolve))).not.toBe(0);
  expect(lines.join('')).toMatch(/SECRET_KEY: must be 32 bytes in base64/);
  expect(lines.join('')).toMatch(/PORT: /);
});
