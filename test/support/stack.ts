// The whole product as a user runs it: built processes on an embedded database, and the simulator beside them.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../deploy/embedded-postgres.mjs';
// What npm start and the compose file run: the bundled processes. A fault of the bundle must fail here.
import { SCRIPTS } from '../../deploy/local/plans.mjs';
import { Simulator } from './simulator.ts';

export { SCRIPTS };
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Stack {
  url: string;
  simulator: Simulator;
  /** The owner's connection, above the fence: to count what really is there. */
  db: pg.Pool;
  env: NodeJS.ProcessEnv;
  startWorker(): Promise<ChildProcess>;
  worker(): ChildProcess;
  /** Stops the database server at once, as a crash would, and starts it again on the same data. */
  crashPostgres(): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Serve admin/dist too: for browser tests. */
  pages?: boolean;
  redisUrl?: string;
  /** fsync on: for crash tests and benchmarks. */
  durable?: boolean;
  /** More settings of the database server, for example ['-c', 'max_connections=400']. */
  databaseFlags?: string[];
  env?: Record<string, string>;
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Starts a built script of ours and waits for its word that it is ready. */
export async function startProcess(script: string, env: NodeJS.ProcessEnv, args: string[] = []): Promise<ChildProcess> {
  const file = path.join(ROOT, script);
  if (!existsSync(file)) throw new Error(`${script} is not there: run "pnpm build" first.`);
  const child = fork(file, args, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} before it was ready`)));
  });
  return child;
}

export async function endProcess(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dataRoot = mkdtempSync(path.join(os.tmpdir(), 'huiliu-stack-'));
  const startDatabase = () => startEmbeddedPostgres({ dataRoot, durable: options.durable ?? false, flags: options.databaseFlags ?? [] });
  let postgres = await startDatabase();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const simulator = await Simulator.start(url);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'production',
    DATABASE_URL: postgres.url,
    SECRET_KEY: randomBytes(32).toString('base64'),
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: url,
    WECHAT_API_BASE: simulator.url,
    WECHAT_LOGIN_BASE: simulator.url,
    WECOM_API_BASE: simulator.url,
    SIMULATOR_URL: simulator.url,
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'error',
    STATIC_DIR: options.pages ? path.join(ROOT, 'admin/dist') : '',
    ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
    ...options.env,
  };
  const { api, first } = await startProduct(env).catch(async (error: unknown) => {
    await simulator.stop();
    await postgres.stop();
    rmSync(dataRoot, { recursive: true, force: true });
    throw error;
  });
  let worker = first;
  const db = new pg.Pool({ connectionString: postgres.url, max: 4 });
  db.on('error', () => undefined);
  return {
    url,
    simulator,
    db,
    env,
    worker: () => worker,
    startWorker: async () => (worker = await startProcess(SCRIPTS.worker, env)),
    crashPostgres: async () => {
      process.kill(postgres.pid, 'SIGQUIT'); // immediate shutdown: no checkpoint, recovery at the next start
      await postgres.exited;
      postgres = await startDatabase();
    },
    stop: async () => {
      await Promise.all([endProcess(api), endProcess(worker)]);
      await simulator.stop();
      await db.end();
      await postgres.stop();
      rmSync(dataRoot, { recursive: true, force: true });
    },
  };
}

async function startProduct(env: NodeJS.ProcessEnv): Promise<{ api: ChildProcess; first: ChildProcess }> {
  await migrate(env);
  const api = await startProcess(SCRIPTS.api, env);
  try {
    return { api, first: await startProcess(SCRIPTS.worker, env) };
  } catch (error) {
    await endProcess(api);
    throw error;
  }
}

async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  const child = fork(path.join(ROOT, SCRIPTS.migrate), { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`migrate ended with ${String(code)}`);
}
