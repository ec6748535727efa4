// The processes of the product as children: started with a log each, watched, and stopped together.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Problem } from '../problem.mjs';
import { tailOf } from './commands.mjs';
import { shippedNode } from './install.mjs';
import { shown } from './screen.mjs';

/** Makes a child end itself when its starter is gone (an argument for `--import`; needs an IPC channel). */
export const CHILD_PRELUDE = pathToFileURL(path.join(path.dirname(fileURLToPath(import.meta.url)), 'child.mjs')).href;
const STOP_MS = 12_000;
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;
const MAX_RESTARTS = 5;
const RESTART_WINDOW_MS = 10 * 60_000;

/** The status of a GET. Plain http: fetch would cost this long-lived process ten megabytes. */
function statusOf(url) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    request.once('timeout', () => request.destroy(new Error('no answer in 2 s')));
    request.once('error', reject);
  });
}

/** How one process is started: `{name, script, args?, nodeFlags?, env, mayRestart?}`; `script` is relative to the root. */
export class Processes {
  constructor({ root, dataRoot, onChange, onFatal, say }) {
    Object.assign(this, { root, dataRoot, onChange, onFatal, say });
    this.running = new Map();
    this.restarts = [];
    this.isStopping = false;
  }

  logFile(name) {
    return path.join(this.dataRoot, 'logs', `${name}.log`);
  }

  /** Starts one; its end, unless we are stopping, is a restart (with limits) or the end of everything. */
  start(plan) {
    const logFile = this.logFile(plan.name);
    fs.mkdirSync(path.dirname(logFile), { recursive: true });
    if ((fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) fs.renameSync(logFile, `${logFile}.1`);
    const logFrom = fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const out = fs.openSync(logFile, 'a');
    const args = [...(plan.nodeFlags ?? []), '--import', CHILD_PRELUDE, path.join(this.root, plan.script), ...(plan.args ?? [])];
    // a session of its own: Ctrl-C reaches only us, and we stop them in order
    const child = spawn(shippedNode(this.root), args, {
      cwd: this.root,
      env: plan.env,
      stdio: ['ignore', out, out, 'ipc'],
      detached: true,
    });
    fs.closeSync(out);
    const entry = { plan, child, logFrom, ended: undefined, isExpected: false };
    child.once('error', (error) => this.onEnd(entry, error.message));
    child.once('exit', (code, signal) => this.onEnd(entry, signal ?? `exit code ${code}`));
    this.running.set(plan.name, entry);
    this.onChange(this.list());
    return child;
  }

  list() {
    return [...this.running.values()].filter(({ ended }) => !ended).map(({ plan, child }) => ({ pid: child.pid, script: plan.script }));
  }

  onEnd(entry, reason) {
    if (entry.ended) return;
    entry.ended = reason;
    const { plan } = entry;
    this.onChange(this.list());
    if (this.isStopping || entry.isExpected) return;
    const report = `The ${plan.name} stopped by itself (${reason}). ${this.quote(entry)}`;
    const now = Date.now();
    this.restarts = this.restarts.filter((at) => now - at < RESTART_WINDOW_MS);
    if (!plan.mayRestart || this.restarts.length >= MAX_RESTARTS) {
      const often = plan.mayRestart ? `\nIt was restarted ${MAX_RESTARTS} times in ten minutes; that is enough.` : '';
      this.onFatal(new Problem(report + often));
      return;
    }
    this.restarts.push(now);
    const wait = 2 ** (this.restarts.length - 1);
    this.say(`${report}\nStarting it again in ${wait} s.`);
    setTimeout(() => this.isStopping || this.start(plan), wait * 1000);
  }

  /** The end of what a process has said since it was started. */
  quote({ plan, logFrom }) {
    const file = this.logFile(plan.name);
    return `Its log, ${shown(file)}, ends:\n${tailOf(file, 15, logFrom)}`;
  }

  /** Asks the API until it says that it is ready to serve. */
  async waitUntilReady(url, detail) {
    const until = Date.now() + 90_000;
    for (;;) {
      try {
        const status = await statusOf(url);
        if (status === 200) return;
        detail(`answers ${status}`);
      } catch {
        // not listening yet
      }
      if (this.isStopping) throw new Problem('Stopped while starting.');
      if (Date.now() > until) throw new Problem(`The API did not become ready in 90 s. ${this.quote(this.running.get('api'))}`);
      await sleep(25);
    }
  }

  /** Stops one and starts it again with the same plan. */
  async restart(name) {
    const entry = this.running.get(name);
    if (!entry || this.isStopping) return;
    const { plan } = entry;
    entry.isExpected = true;
    await this.stopOne(entry);
    if (!this.isStopping) this.start(plan);
  }

  /** Stops all in parallel: politely, and by force what has not gone in time. Resolves when none is left. */
  async stop() {
    this.isStopping = true;
    await Promise.all([...this.running.values()].map((entry) => this.stopOne(entry)));
  }

  async stopOne(entry) {
    if (entry.ended || entry.child.pid === undefined) return;
    const gone = new Promise((resolve) => entry.child.once('exit', resolve));
    entry.child.kill('SIGTERM');
    const force = setTimeout(() => {
      this.say(`The ${entry.plan.name} did not stop in ${STOP_MS / 1000} s and was killed.`);
      entry.child.kill('SIGKILL');
    }, STOP_MS);
    await gone;
    clearTimeout(force);
  }

  /** For an impatient second Ctrl-C. */
  kill() {
    this.isStopping = true;
    for (const { child, ended } of this.running.values()) if (!ended) child.kill('SIGKILL');
  }
}
