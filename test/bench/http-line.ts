// One kept-alive connection that sends prepared requests and reads whole answers: it costs the machine far less than a full client,
// so that what is measured is the server.
import net from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

export class HttpLine {
  private readonly socket: net.Socket;
  private received: Buffer = Buffer.alloc(0);
  private waiting: { answer: (body: string) => void; fail: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk: Buffer) => this.take(chunk));
    this.socket.on('error', (error) => this.waiting?.fail(error));
    this.socket.on('close', () => this.waiting?.fail(new Error('the server closed the connection')));
  }

  /** Sends one request; resolves with the body of the answer. One at a time. */
  send(request: Buffer): Promise<string> {
    return new Promise((answer, fail) => {
      this.waiting = { answer, fail };
      this.socket.write(request);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const end = this.received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = /content-length: (\d+)/iu.exec(head)?.[1];
    if (length === undefined) return this.waiting?.fail(new Error(`an answer without length: ${head.slice(0, 200)}`));
    const whole = end + HEAD_END.length + Number(length);
    if (this.received.length < whole) return;
    const body = this.received.toString('utf8', end + HEAD_END.length, whole);
    this.received = this.received.subarray(whole);
    this.waiting?.answer(body);
  }
}

/** A JSON POST as bytes. */
export function jsonPost(path: string, body: object, token?: string): Buffer {
  const text = JSON.stringify(body);
  const auth = token === undefined ? '' : `authorization: Bearer ${token}\r\n`;
  return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${auth}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

export interface Volley {
  port: number;
  connections: number;
  requests: readonly Buffer[];
  /** Start no more requests after so many milliseconds. */
  ms?: number;
}

/** Sends the requests, each connection one after another; `heard` gets body and milliseconds. Resolves with the seconds it took. */
export async function fire({ port, connections, requests, ms = Infinity }: Volley, heard: (body: string, ms: number) => void): Promise<number> {
  const lines = Array.from({ length: connections }, () => new HttpLine(port));
  let next = 0;
  const began = performance.now();
  await Promise.all(lines.map(async (line) => {
    for (let at = next++; at < requests.length && performance.now() - began < ms; at = next++) {
      const sent = performance.now();
      heard(await line.send(requests[at]!), performance.now() - sent);
    }
  }));
  for (const line of lines) line.close();
  return (performance.now() - began) / 1000;
}
