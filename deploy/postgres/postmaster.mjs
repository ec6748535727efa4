// The running server: its lock file, starting, stopping, and the little guard that outlives us.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from './binaries.mjs';
import { DatabaseProblem, nameFor } from './data-folder.mjs';

const START_TIMEOUT_MS = 120_000; // crash recovery of a large WAL may take a while
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 15;

/** True while a process with this id exists (also one that we may not signal). */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Process ids are used again, and a dead process may wait to be collected: on Linux, only a living postgres counts. */
function isPostgres(pid) {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return name === 'postgres' && state !== 'Z';
  } catch {
    return false;
  }
}

/** What the lock file in the data folder says of a server that is really there; undefined when none is. */
export function readPostmaster(data) {
  let lines;
  try {
    lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!(pid > 0) || !isPostgres(pid)) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

function canListen(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const taken = probe.address().port;
      probe.close(() => resolve(taken));
    });
  });
}

/** The port of the last start when it is still free, else a new one; kept in a file so that addresses stay the same. */
export async function choosePort(dataRoot) {
  const file = path.join(dataRoot, 'postgres.port');
  const last = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  const port = (last > 0 && last < 65_536 ? await canListen(last) : undefined) ?? (await canListen(0));
  fs.writeFileSync(file, `${port}\n`);
  return port;
}

/** A server found running: waits out one that is starting or stopping. Resolves to it when ready, else undefined. */
export async function findRunning(data) {
  const until = Date.now() + STOP_TIMEOUT_MS;
  for (;;) {
    const found = readPostmaster(data);
    if (!found || found.status === 'ready') return found;
    if (Date.now() > until) {
      throw new DatabaseProblem(
        `A PostgreSQL (process ${found.pid}) holds ${data} and neither starts nor stops. End it (kill ${found.pid}) and start again.`,
      );
    }
    await sleep(POLL_MS);
  }
}

/**
 * Removes a lock file whose server is gone. PostgreSQL does so itself, except when the process id was given to another
 * process of the same user, as happens after a reboot.
 */
function clearStaleLock(data) {
  if (!readPostmaster(data)) fs.rmSync(path.join(data, 'postmaster.pid'), { force: true });
}

/** Starts the server in a session of its own (a Ctrl-C must not reach it before its clients) and waits until ready. */
export async function launch({ data, native, identity, port, flags, logFile }) {
  clearStaleLock(data);
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const logFrom = fs.statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const out = fs.openSync(logFile, 'a', 0o600);
  const settings = flags.filter((flag) => flag !== '-c').flatMap((flag) => ['-c', flag]);
  const child = spawn(
    program(native, 'postgres'),
    ['-D', nameFor(data, identity), '-p', String(port), '-h', '127.0.0.1', '-k', '', ...settings],
    { ...identity, cwd: data, env: { LC_ALL: 'C', TZ: 'UTC' }, stdio: ['ignore', out, out], detached: true },
  );
  fs.closeSync(out);
  let ended;
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve((ended = error.message)));
    child.once('exit', (code, signal) => resolve((ended = `ended with ${signal ?? code}`)));
  });
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const found = ended ? undefined : readPostmaster(data);
    if (found?.pid === child.pid && found.status === 'ready') break;
    if (ended || Date.now() > until) {
      if (!ended) child.kill('SIGQUIT');
      const tail = fs.readFileSync(logFile).subarray(logFrom).toString('utf8').trim().slice(-1200);
      throw new DatabaseProblem(`PostgreSQL did not start (${ended ?? 'no answer in two minutes'}). Its log, ${logFile}, ends:\n${tail}`);
    }
    await Promise.race([sleep(POLL_MS), exited]);
  }
  child.unref();
  return { pid: child.pid, exited };
}

/**
 * Stops the server: fast shutdown, then harder when it does not go. Safe on our own child and on an adopted one, and
 * never a signal to a process that merely got the same id.
 */
export async function stopPostmaster(data, pid) {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL']) {
    if (readPostmaster(data)?.pid !== pid) return;
    try {
      process.kill(pid, signal);
    } catch {
      return; // gone between the look and the signal
    }
    const until = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < until && isPostgres(pid)) await sleep(POLL_MS);
  }
}

/** The end of a server that is not our child; looked for every two seconds. */
export function watchEnd(data, pid) {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (readPostmaster(data)?.pid === pid) return;
      clearInterval(timer);
      resolve('ended');
    }, 2000);
    timer.unref();
  });
}

// Waits for the end of its standard input: the word "done" means an orderly end, plain end of file that we were killed.
// Then the server stops too, unless a new start has adopted it meanwhile (the owner file says who has it).
const GUARD = `read -r word; [ "$word" = done ] && exit 0; sleep 2
[ "$(cat "$1")" = "$2" ] && [ "$(head -n 1 "$3")" = "$4" ] && kill -INT "$4"`;

/** A shell of about 1 MB that stops the server when this process is killed with -9. Returns a way to dismiss it and see it gone. */
export function guard({ data, pid, ownerFile, owner }) {
  if (process.platform === 'win32') return async () => {};
  const args = ['-c', GUARD, 'huiliu-postgres-guard', ownerFile, owner, path.join(data, 'postmaster.pid'), String(pid)];
  const child = spawn('/bin/sh', args, { cwd: '/', stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const gone = new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
  });
  child.stdin.on('error', () => {});
  child.stdin.unref?.();
  child.unref();
  return async () => {
    child.ref(); // wait for it: ending before it has read the word would look to it like a kill
    child.stdin.end('done\n');
    await gone;
  };
}
