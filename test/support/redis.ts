// A Redis server of a test's own: on a free port, in memory only.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { endProcess, freePort } from './stack.ts';

export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

export interface Redis {
  url: string;
  /** Sends one command and answers the raw reply. */
  command(...words: string[]): string;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  const child: ChildProcess = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], { stdio: 'ignore' });
  const command = (...words: string[]) => spawnSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' }).stdout.trim();
  for (let i = 0; i < 100 && command('ping') !== 'PONG'; i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return { url: `redis://127.0.0.1:${port}`, command, stop: () => endProcess(child, 'SIGKILL') };
}
