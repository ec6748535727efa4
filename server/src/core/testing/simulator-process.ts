// The simulator as tests use it: a process of its own on a free port, spoken to over HTTP only.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface SimulatorProcess {
  /** For example http://127.0.0.1:41234; also WECHAT_API_BASE. */
  url: string;
  /** Calls its control API; answers the parsed body. @throws Error with the body when the status is not 2xx. */
  call<T = Record<string, unknown>>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../../../test/simulator/src/main.ts', import.meta.url));

export async function startSimulator(): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [MAIN, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await readyPort(child);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    call: async <T>(method: string, path: string, body?: unknown) => {
      const answer = await fetch(url + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text ? JSON.parse(text) : {}) as T;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      text += String(chunk);
      const found = /"port":\s*(\d+)/.exec(text);
      if (found) resolve(Number(found[1]));
    });
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}: ${text}`)));
  });
}
