// The platform and its customers' phones, spoken to over HTTP as anyone could.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../simulator/src/main.ts', import.meta.url));

export type PromptAnswer = 'accept' | 'reject' | 'ban';
export interface InboxMessage {
  id: string;
  at: string;
  kind: 'subscribe' | 'custom';
  templateId?: string;
  data?: Record<string, { value: string }>;
  text?: string;
  page?: string;
}
export interface AppSettings {
  appid: string;
  secret: string;
  originalId?: string;
  name?: string;
  callbackUrl?: string;
  token?: string;
  aesKey?: string;
  mode?: 'plain' | 'compat' | 'secure';
  format?: 'json' | 'xml';
  homePath?: string;
  templates?: { priTmplId: string; title: string; content: string; type: number }[];
}

export class Simulator {
  readonly url: string;
  private readonly child: ChildProcess | undefined;

  constructor(url: string, child?: ChildProcess) {
    this.url = url;
    this.child = child;
  }

  /** @param product public address of the product: where the phone fetches merchant pages. */
  static async start(product = 'http://127.0.0.1:8080'): Promise<Simulator> {
    const child = spawn(process.execPath, [MAIN, '--port', '0', '--product', product], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await new Promise<number>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += String(chunk);
        const found = /"port":\s*(\d+)/.exec(text);
        if (found) resolve(Number(found[1]));
      });
      child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
    });
    return new Simulator(`http://127.0.0.1:${port}`, child);
  }

  async call<T = Record<string, unknown>>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', route: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + route, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : {}) as T;
  }

  app(settings: AppSettings) {
    return this.call('POST', '/sim/apps', settings);
  }
  patchApp(appid: string, settings: Partial<AppSettings>) {
    return this.call('PATCH', `/sim/apps/${appid}`, settings);
  }
  async people(count: number, prefix?: string): Promise<{ id: string; name: string }[]> {
    return (await this.call<{ people: { id: string; name: string }[] }>('POST', '/sim/people', { count, prefix })).people;
  }
  login(person: string, appid: string) {
    return this.call<{ code: string; openid: string }>('POST', `/sim/people/${person}/login`, { appid });
  }
  prompt(person: string, appid: string, answers: Record<string, PromptAnswer>) {
    return this.call<{ result: Record<string, string> }>('POST', `/sim/people/${person}/prompt`, { appid, templateIds: Object.keys(answers), answers });
  }
  say(person: string, appid: string, text: string) {
    return this.call('POST', `/sim/people/${person}/say`, { appid, text });
  }
  async inbox(person: string, appid: string): Promise<InboxMessage[]> {
    return (await this.call<{ messages: InboxMessage[] }>('GET', `/sim/people/${person}/inbox?appid=${appid}`)).messages;
  }
  tap(person: string, messageId: string) {
    return this.call<{ page: string }>('POST', `/sim/people/${person}/tap`, { messageId });
  }
  fault(fault: { path: string; kind: string; appid?: string; errcode?: number; times?: number; probability?: number; delayMs?: number }) {
    return this.call('POST', '/sim/faults', fault);
  }
  clearFaults() {
    return this.call('DELETE', '/sim/faults');
  }
  stats<T = Record<string, never>>(appid: string) {
    return this.call<T>('GET', `/sim/stats?appid=${appid}`);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
}
