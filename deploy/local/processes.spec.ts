// Supervision with real processes: none may outlive its starter, however the starter ends.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Processes } from './processes.mjs';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const all: Processes[] = [];

/** A script outside the project, named as Processes names scripts: relative to the root. */
function aScript(code: string): { dataRoot: string; script: string } {
  const dataRoot = fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-processes-'));
  const file = path.join(dataRoot, 'child.mjs');
  fs.writeFileSync(file, code);
  return { dataRoot, script: path.relative(ROOT, file) };
}

function supervise(dataRoot: string): { processes: Processes; fatal: Promise<Error> } {
  let report: (error: Error) => void = () => undefined;
  const fatal = new Promise<Error>((resolve) => (report = resolve));
  const processes = new Processes({ root: ROOT, dataRoot, onChange: () => undefined, onFatal: report, say: () => undefined });
  all.push(processes);
  return { processes, fatal };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, ms = 10_000): Promise<boolean> {
  const end = Date.now() + ms;
  while (!condition() && Date.now() < end) await sleep(25);
  return condition();
}

const CALM = `process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(0); }); console.log('up'); setInterval(() => {}, 1e6);`;

afterEach(() => {
  for (const processes of all.splice(0)) processes.kill();
});

describe('the processes of a start', { timeout: 30_000 }, () => {
  it('are asked to stop, and are gone when stop returns', async () => {
    const { dataRoot, script } = aScript(CALM);
    const { processes } = supervise(dataRoot);
    const { pid } = processes.start({ name: 'api', script, env: {} });
    await until(() => fs.readFileSync(processes.logFile('api'), 'utf8').includes('up'));
    await processes.stop();
    expect(isAlive(pid!)).toBe(false);
    expect(fs.readFileSync(processes.logFile('api'), 'utf8')).toContain('asked to stop');
  });

  it('bring everything down with the end of their own log when one dies', async () => {
    const { dataRoot, script } = aScript(`console.error('the reason is this'); process.exit(7);`);
    const { processes, fatal } = supervise(dataRoot);
    processes.start({ name: 'api', script, env: {} });
    expect((await fatal).message).toMatch(/The api stopped by itself \(exit code 7\).*the reason is this/s);
  });

  it('come back when they may, after a kill -9', async () => {
    const { dataRoot, script } = aScript(CALM);
    const { processes } = supervise(dataRoot);
    const { pid } = processes.start({ name: 'worker', script, env: {}, mayRestart: true });
    process.kill(pid!, 'SIGKILL');
    expect(await until(() => processes.list().some((one) => one.pid !== pid))).toBe(true);
  });

  it('end by themselves, in order, when their starter is killed with -9', async () => {
    const { dataRoot, script } = aScript(CALM);
    const code = `
      import { Processes } from ${JSON.stringify(new URL('./processes.mjs', import.meta.url).href)};
      const processes = new Processes({ root: ${JSON.stringify(ROOT)}, dataRoot: ${JSON.stringify(dataRoot)}, onChange() {}, onFatal() {}, say() {} });
      console.log(processes.start({ name: 'api', script: ${JSON.stringify(script)}, env: {} }).pid);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(await new Promise<string>((resolve) => starter.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))));
    const log = path.join(dataRoot, 'logs', 'api.log');
    await until(() => fs.readFileSync(log, 'utf8').includes('up'));
    starter.kill('SIGKILL');
    expect(await until(() => !isAlive(pid))).toBe(true);
    expect(fs.readFileSync(log, 'utf8')).toContain('asked to stop');
  });
});
