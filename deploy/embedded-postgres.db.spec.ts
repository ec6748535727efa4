// The launcher against real server processes: the situations that a person's machine brings.
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DatabaseProblem, setDataFolderAside, startEmbeddedPostgres } from './embedded-postgres.mjs';

const roots: string[] = [];
const stops: (() => Promise<void>)[] = [];

function aRoot(): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-launcher-'));
  fs.chmodSync(root, 0o755); // root drops to another user, who must get in
  roots.push(root);
  return root;
}

async function start(dataRoot: string) {
  const lines: string[] = [];
  const server = await startEmbeddedPostgres({ dataRoot, durable: false, log: (line) => lines.push(line) });
  stops.push(() => server.stop());
  return { ...server, lines };
}

/** A starter in a process of its own, so that it can be killed; resolves to it and its server once that is up. */
async function aStarter(dataRoot: string): Promise<{ child: ChildProcess; pid: number; url: string }> {
  const code = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded-postgres.mjs', import.meta.url).href)};
    const { pid, url } = await startEmbeddedPostgres({ dataRoot: process.argv[1], durable: false });
    console.log(JSON.stringify({ pid, url }));
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, dataRoot], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    child.once('exit', (status) => reject(new Error(`the starter ended with ${status}`)));
  });
  return { child, ...(JSON.parse(said) as { pid: number; url: string }) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (!condition() && Date.now() < end) await sleep(50);
  return condition();
}

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

afterAll(() => {
  for (const root of roots) fs.rmSync(root, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', { timeout: 60_000 }, () => {
  it('comes back on the same address, and its process is gone after a stop', async () => {
    const root = aRoot();
    const first = await start(root);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start(root);
    expect(second.url).toBe(first.url);
    expect(second.pid).not.toBe(first.pid);
    expect(new URL(second.url).username).toBe('huiliu');
  });

  it('stops by itself when its starter was killed with -9 and nobody adopts it', async () => {
    const { child, pid } = await aStarter(aRoot());
    child.kill('SIGKILL');
    expect(isAlive(pid)).toBe(true);
    expect(await until(() => !isAlive(pid), 15_000)).toBe(true);
  });

  it('is adopted by the next start after a kill -9, and then lives on', async () => {
    const root = aRoot();
    const { child, pid } = await aStarter(root);
    child.kill('SIGKILL');
    await until(() => child.signalCode !== null, 5000);
    const next = await start(root);
    expect(next).toMatchObject({ adopted: true, pid });
    await sleep(3000); // longer than the guard of the killed starter waits
    expect(isAlive(pid)).toBe(true);
    await next.stop();
    // not our child: it counts until the system has collected it
    expect(await until(() => !isAlive(pid), 5000)).toBe(true);
  });

  it('is only borrowed while its starter lives: stopping leaves it up', async () => {
    const root = aRoot();
    const { child, pid, url } = await aStarter(root);
    const borrowed = await start(root);
    expect(borrowed).toMatchObject({ adopted: true, pid, url });
    await borrowed.stop();
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    expect(await until(() => !isAlive(pid), 15_000)).toBe(true);
  });

  it('clears a lock file that a crash left, even when its process id belongs to someone else now', async () => {
    const root = aRoot();
    const first = await start(root);
    process.kill(first.pid, 'SIGKILL');
    await until(() => !isAlive(first.pid), 5000);
    const lock = path.join(root, 'postgres', 'postmaster.pid');
    const lines = fs.readFileSync(lock, 'utf8').split('\n');
    fs.writeFileSync(lock, [String(process.pid), ...lines.slice(1)].join('\n'));
    const second = await start(root);
    expect(second.adopted).toBe(false);
  });

  it('makes the database anew after an interrupted first start, and says so', async () => {
    const root = aRoot();
    const half = path.join(root, 'postgres.unfinished-4711');
    fs.mkdirSync(half);
    fs.writeFileSync(path.join(half, 'PG_VERSION'), '18\n');
    const { lines } = await start(root);
    expect(lines.join()).toContain('interrupted');
    expect(fs.existsSync(half)).toBe(false);
  });
});

describe('a data folder that cannot be used', () => {
  const withVersion = (version?: string): string => {
    const root = aRoot();
    fs.mkdirSync(path.join(root, 'postgres'));
    if (version) fs.writeFileSync(path.join(root, 'postgres', 'PG_VERSION'), `${version}\n`);
    return root;
  };

  it('of another major is refused with both ways out, and left as it was', async () => {
    const root = withVersion('15');
    const refusal = startEmbeddedPostgres({ dataRoot: root });
    await expect(refusal).rejects.toThrow(DatabaseProblem);
    await expect(refusal).rejects.toThrow(/PostgreSQL 15.*DATABASE_URL.*--new-database/s);
    expect(fs.readdirSync(path.join(root, 'postgres'))).toEqual(['PG_VERSION']);
  });

  it('that is no data folder at all is refused, not overwritten', async () => {
    const root = withVersion();
    fs.writeFileSync(path.join(root, 'postgres', 'letter.txt'), 'dear');
    await expect(startEmbeddedPostgres({ dataRoot: root })).rejects.toThrow(/no PostgreSQL data folder/);
    expect(fs.existsSync(path.join(root, 'postgres', 'letter.txt'))).toBe(true);
  });

  it('is moved aside under a free name, never over an older one', () => {
    const root = withVersion('15');
    expect(setDataFolderAside(root)).toBe(path.join(root, 'postgres-15'));
    fs.mkdirSync(path.join(root, 'postgres'));
    fs.writeFileSync(path.join(root, 'postgres', 'PG_VERSION'), '15\n');
    expect(setDataFolderAside(root)).toBe(path.join(root, 'postgres-15-2'));
    expect(setDataFolderAside(root)).toBeUndefined();
  });
});
