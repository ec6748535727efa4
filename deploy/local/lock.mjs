// One start per data folder, and what a killed one may have left running.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../problem.mjs';

const LEAVE_MS = 10_000;
const STARTERS = /(local|dev)\.mjs/; // a process id alone proves nothing: it may have been given to another program

/** The command line of a process, or undefined when there is none. */
function commandOf(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Takes the folder for this start.
 * @returns {{children: {pid: number, script: string}[], note: (children: {pid: number, script: string}[]) => void, release: () => void}}
 *   the processes of an earlier start that was killed, a way to write down ours, and the way to let go
 */
export function takeLock(dataRoot, url) {
  fs.mkdirSync(dataRoot, { recursive: true });
  const file = path.join(dataRoot, 'running.json');
  const other = read(file);
  if (other && other.pid !== process.pid && STARTERS.test(commandOf(other.pid) ?? '')) {
    throw new Problem(
      `Huiliu already runs from this folder (process ${other.pid}) at ${other.url}. Open that address, or stop it first (Ctrl-C there, or kill ${other.pid}).`,
    );
  }
  const note = (children) => fs.writeFileSync(file, JSON.stringify({ pid: process.pid, url, children }));
  note(other?.children ?? []);
  return { children: other?.children ?? [], note, release: () => fs.rmSync(file, { force: true }) };
}

/** Waits for the processes of a killed start to end by themselves (they notice), then ends them. */
export async function clearLeftovers(children, say) {
  const isLeft = ({ pid, script }) => commandOf(pid)?.includes(script);
  let left = children.filter(isLeft);
  if (left.length === 0) return;
  say(`  An earlier start was killed; waiting for what it left to end (${left.length} still running).`);
  const until = Date.now() + LEAVE_MS;
  while (left.length > 0 && Date.now() < until) {
    await sleep(100);
    left = left.filter(isLeft);
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
}
