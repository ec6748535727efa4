// The `start` benchmark: npm start on an installed and built tree until its first page is answered, then the memory of
// all its processes while nothing happens. There is no yardstick: the figures stand beside fixed goals.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './figures.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
// the last round also waits until it is really idle: pools have closed their connections, heaps were tidied
const SCALES = { small: { rounds: 5, idleMs: 35_000 }, full: { rounds: 11, idleMs: 90_000 } } as const;
const FIRST_START_MS = 300_000; // this one may install and build
const START_MS = 60_000;

interface Row {
  pid: number;
  parent: number;
  rssKb: number;
  command: string;
}

interface Round {
  pageMs: number;
  rssMb: number;
  pssMb: number;
  withNpmMb: number;
  leftOver: number;
}

export async function run({ scale }: { scale: 'small' | 'full' }): Promise<object> {
  const { rounds, idleMs } = SCALES[scale];
  const dataRoot = fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-bench-start-'));
  try {
    await oneRound(dataRoot, 0, FIRST_START_MS);
    const results: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const result = await oneRound(dataRoot, round === rounds ? idleMs : 0, START_MS);
      process.stderr.write(`start ${round}/${rounds}: ${Math.round(result.pageMs)} ms, ${Math.round(result.rssMb)} MB\n`);
      results.push(result);
    }
    return summary(results);
  } finally {
    fs.rmSync(dataRoot, { recursive: true, force: true });
  }
}

function summary(results: Round[]): object {
  const idle = results.at(-1)!;
  return {
    bench: 'start',
    ours: Math.round(median(results.map((round) => round.pageMs))),
    unit: 'ms',
    rssMb: Math.round(idle.rssMb),
    pssMb: Math.round(idle.pssMb),
    rssWithNpmMb: Math.round(idle.withNpmMb),
    goals: { ms: 3000, rssMb: 250 },
    violations: results.reduce((sum, round) => sum + round.leftOver, 0),
    env: { node: process.version, cpus: os.cpus().length, memoryGb: Math.round(os.totalmem() / 2 ** 30), rounds: results.length },
  };
}

/** Starts, waits for the first page, looks at the memory, stops, and counts what was left running. */
async function oneRound(dataRoot: string, idleMs: number, limitMs: number): Promise<Round> {
  const port = await freePort();
  const began = performance.now();
  const npm = spawn('env', [`PORT=${port}`, `DATA_DIR=${dataRoot}`, 'npm', 'start', '--silent', '--', '--no-demo'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  try {
    await firstPage(npm, port, limitMs);
    const pageMs = performance.now() - began;
    await sleep(idleMs);
    const family = descendants(npm.pid!);
    await stop(npm);
    const leftOver = family.filter(({ pid }) => isSame(pid, family)).length;
    const ours = family.filter(({ pid, command }) => pid !== npm.pid && !/^(sh|npm) /.test(command));
    const sum = (rows: Row[]): number => rows.reduce((total, row) => total + row.rssKb, 0) / 1024;
    return { pageMs, rssMb: sum(ours), pssMb: ours.reduce((total, { pssKb }) => total + pssKb, 0) / 1024, withNpmMb: sum(family), leftOver };
  } finally {
    if (npm.exitCode === null && npm.signalCode === null) await stop(npm);
  }
}

async function firstPage(npm: ChildProcess, port: number, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  while (Date.now() < until) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`);
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      const page = await answer.text();
      if (answer.ok && page.includes('<html')) return;
    } catch {
      // not listening yet
    }
    await sleep(15);
  }
  throw new Error(`npm start answered no page within ${limitMs / 1000} s`);
}

async function stop(npm: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => npm.once('exit', resolve));
  npm.kill('SIGTERM');
  await gone;
  await sleep(200); // collected by the system
}

function processes(): Row[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, rssKb, command]) => ({ pid: Number(pid), parent: Number(parent), rssKb: Number(rssKb), command: command! }));
}

/** A process and all below it, with their proportional memory. */
function descendants(pid: number): (Row & { pssKb: number })[] {
  const rows = processes();
  const found = rows.filter((row) => row.pid === pid);
  for (const row of found) found.push(...rows.filter(({ parent }) => parent === row.pid));
  return found.map((row) => ({ ...row, pssKb: pss(row) }));
}

/** Memory with shared pages counted once over all who share them; where the system does not tell, the plain figure. */
function pss({ pid, rssKb }: Row): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]);
  } catch {
    return rssKb;
  }
}

function isSame(pid: number, family: Row[]): boolean {
  const now = processes().find((row) => row.pid === pid);
  return now !== undefined && family.some((row) => row.pid === pid && row.command === now.command);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
