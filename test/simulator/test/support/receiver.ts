import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedPush {
  method: string;
  query: URLSearchParams;
  body: string;
  at: number;
}

/** What the merchant's server answers: a text with 200, a status, or nothing at all. */
export type Reply = string | number | 'hang';

export interface Receiver {
  url: string;
  pushes: ReceivedPush[];
  /** Answers for the next pushes, then `success`. */
  replies: Reply[];
  /** Most pushes that were under way at the same time. */
  mostAtOnce: number;
  /** Milliseconds each answer waits. */
  delayMs: number;
  close: () => Promise<void>;
}

/** A merchant's callback address that writes down what it gets; a GET is answered with its echostr. */
export async function startReceiver(): Promise<Receiver> {
  let underWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    receiver.mostAtOnce = Math.max(receiver.mostAtOnce, underWay);
    response.on('close', () => (underWay -= 1));
    void readBody(request).then((body) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://merchant');
      receiver.pushes.push({ method: request.method ?? '', query: searchParams, body, at: Date.now() });
      const reply = request.method === 'GET' ? (searchParams.get('echostr') ?? '') : (receiver.replies.shift() ?? 'success');
      if (reply === 'hang') return;
      setTimeout(() => {
        response.writeHead(typeof reply === 'number' ? reply : 200).end(typeof reply === 'number' ? '' : reply);
      }, receiver.delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/wechat/1`,
    pushes: [],
    replies: [],
    mostAtOnce: 0,
    delayMs: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
