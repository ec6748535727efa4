// The demo story as npm start and npm run demo play it: its books agree, and one lost callback is enough to make it say no.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.ts';
import { endProcess, freePort, ROOT, startProcess, startStack, type Stack, SCRIPTS } from '../support/stack.ts';

let stack: Stack;
const folder = mkdtempSync(path.join(os.tmpdir(), 'huiliu-demo-'));
const out = path.join(folder, 'demo.json');

beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function play(...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [path.join(ROOT, 'test/demo/run.ts'), '--people', '24', ...args], { env: stack.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, text };
}

const ME = '{ me { tenant { name isDemo } } }';
const SIGN_IN = 'mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { __typename } }';

it('leaves the sign-in of a demonstration whose totals all agree', async () => {
  const { code, text } = await play('--first', '--out', out);
  expect(text).toMatch(/All \d+ totals agree/);
  expect(code).toBe(0);
  const signIn = JSON.parse(readFileSync(out, 'utf8')) as { email: string; password: string };
  expect(signIn.email).toBe('demo@huiliu.example');
  const client = new Client(stack.url);
  expect(await client.one(SIGN_IN, signIn)).toEqual({ __typename: 'Me' });
  expect(await client.one(ME)).toEqual({ tenant: { name: '晨光烘焙', isDemo: true } });
});

it('starts over beside a story that was cut off', async () => {
  rmSync(out);
  expect((await play('--first', '--out', out, '--seed', '7')).code).toBe(0);
  expect((JSON.parse(readFileSync(out, 'utf8')) as { email: string }).email).toMatch(/^demo-[0-9a-f]{6}@huiliu\.example$/);
});

it('ends with 1 and names the total when one customer message never arrives', async () => {
  rmSync(out);
  await stack.simulator.fault({ path: 'text', kind: 'drop_callback', times: 1 });
  const { code, text } = await play('--url', stack.url, '--out', out, '--patience', '2');
  await stack.simulator.clearFaults();
  expect(text).toContain('open windows: console / people who wrote');
  expect(code).toBe(1);
  expect(existsSync(out)).toBe(false);
});

it('asks for help where nothing runs', async () => {
  const { code, text } = await play('--url', 'http://127.0.0.1:9');
  expect(text).toContain('npm start');
  expect(code).toBe(1);
});

it('lets nobody call a shop a demonstration where customers are real', async () => {
  const port = await freePort();
  const api = await startProcess(SCRIPTS.api, { ...stack.env, PORT: String(port), SIMULATOR_URL: '' });
  const client = new Client(`http://127.0.0.1:${port}`);
  await client.ask('mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }', { input: { tenantName: '真店', name: '店主', email: 'real@example.com', password: 'a real passphrase', isDemo: true } });
  expect(await client.one(ME)).toEqual({ tenant: { name: '真店', isDemo: false } });
  await endProcess(api);
});
