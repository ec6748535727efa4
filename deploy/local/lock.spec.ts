import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../problem.mjs';
import { clearLeftovers, takeLock } from './lock.mjs';

const children: ChildProcess[] = [];

/** A process that is called like this script, until it is ended. */
async function aProcess(name: string, ignoresTerm = false): Promise<ChildProcess> {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-lock-')), name);
  fs.writeFileSync(file, `${ignoresTerm ? "process.on('SIGTERM', () => {});" : ''} console.log('up'); setInterval(() => {}, 1e6);`);
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  return child;
}

const aFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-lock-'));
const held = (dataRoot: string, pid: number, running: object[] = []): void =>
  fs.writeFileSync(path.join(dataRoot, 'running.json'), JSON.stringify({ pid, url: 'http://127.0.0.1:8080', children: running }));

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('the lock of a data folder', () => {
  it.each(['local.mjs', 'dev.mjs'])('is refused while another start (%s) lives, with its address', async (name) => {
    const dataRoot = aFolder();
    const { pid } = await aProcess(name);
    held(dataRoot, pid!);
    expect(() => takeLock(dataRoot, 'http://127.0.0.1:9999')).toThrow(Problem);
    expect(() => takeLock(dataRoot, 'http://127.0.0.1:9999')).toThrow(`process ${pid}) at http://127.0.0.1:8080`);
  });

  it('is taken over when its process id belongs to another program now', async () => {
    const dataRoot = aFolder();
    const { pid } = await aProcess('editor.mjs');
    held(dataRoot, pid!, [{ pid: 1, script: 'x' }]);
    const lock = takeLock(dataRoot, 'http://127.0.0.1:9999');
    expect(lock.children).toEqual([{ pid: 1, script: 'x' }]);
    lock.release();
    expect(fs.existsSync(path.join(dataRoot, 'running.json'))).toBe(false);
  });

  it('survives a file that was cut off', () => {
    const dataRoot = aFolder();
    fs.writeFileSync(path.join(dataRoot, 'running.json'), '{"pid":');
    expect(takeLock(dataRoot, 'http://127.0.0.1:9999').children).toEqual([]);
  });
});

describe('what a killed start left', () => {
  it('is ended when it does not end by itself, and only when it is really ours', { timeout: 30_000 }, async () => {
    const ours = await aProcess('worker.mjs', true);
    const foreign = await aProcess('other.mjs');
    const said: string[] = [];
    await clearLeftovers([{ pid: ours.pid!, script: 'worker.mjs' }, { pid: foreign.pid!, script: 'worker.mjs' }], (text) => said.push(text));
    await new Promise((resolve) => (ours.signalCode ? resolve(0) : ours.once('exit', resolve)));
    expect(ours.signalCode).toBe('SIGKILL');
    expect(foreign.exitCode ?? foreign.signalCode).toBeNull();
    expect(said.join()).toContain('1 still running');
  });
});
