// Runs one command to its end with its output in a log file; the last line of it is the step's detail.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Problem } from '../problem.mjs';
import { shown } from './screen.mjs';

export const PNPM = ['npx', '--yes', 'pnpm@12.21.0'];

// without colours, prompts and moving lines, so that the log can be read
const QUIET = { NO_COLOR: '1', FORCE_COLOR: undefined };

/** The last lines of a log file from a byte on, for an error message. */
export function tailOf(file, lines = 15, from = 0) {
  try {
    const text = stripVTControlCharacters(fs.readFileSync(file).subarray(from).toString('utf8')).trimEnd();
    if (text === '') return '  | (it said nothing)';
    return text.split('\n').slice(-lines).map((line) => `  | ${line.slice(0, 300)}`).join('\n');
  } catch {
    return '  | (no log)';
  }
}

const running = new Set();

/** Ends every command that still runs (they have process groups of their own); for Ctrl-C in the middle of a step. */
export function endCommands() {
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // it has just ended by itself
    }
  }
}

// Ends the command's process group when we are killed with -9: its standard input then ends without the word.
const GUARD = 'read -r word; [ "$word" = done ] || kill -s TERM -- "-$1"';

/** A shell of about 1 MB beside a running command. Returns a function to dismiss it. */
function guard(pid) {
  const child = spawn('/bin/sh', ['-c', GUARD, 'huiliu-command-guard', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  return () => child.stdin.end('done\n');
}

/**
 * @param {string[]} command program and arguments
 * @param {{cwd: string, env: Record<string, string>, logFile: string, detail?: (text: string) => void, what: string, tail?: number}} how
 * @returns {Promise<void>} rejects with a Problem that quotes the log when the command fails
 */
export async function runLogged([program, ...args], { cwd, env, logFile, detail = () => {}, what, tail = 15 }) {
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const log = fs.createWriteStream(logFile, { flags: 'w' });
  const child = spawn(program, args, { cwd, env: { ...env, ...QUIET }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.add(child);
  const dismiss = child.pid === undefined ? () => {} : guard(child.pid);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log.write(chunk);
      const last = stripVTControlCharacters(chunk.toString('utf8')).trim().split('\n').at(-1)?.trim();
      if (last) detail(last.slice(0, 100));
    });
  }
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  running.delete(child);
  dismiss();
  await new Promise((resolve) => log.end(resolve));
  if (ended === 0) return;
  throw new Problem(`${what} failed (${program} ended with ${ended}). The whole log is ${shown(logFile)}; it ends:\n${tailOf(logFile, tail)}`);
}
