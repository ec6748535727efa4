import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'undici';
import { errorPage } from './webview-html.ts';

const TIMEOUT_MS = 15_000;
/** Headers that belong to one connection, or that would forbid showing the page in the phone. */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'host',
  'expect',
  'upgrade',
  'accept-encoding',
  'x-frame-options',
  'content-security-policy',
]);

type Headers = Record<string, string | string[]>;

export interface ProductPage {
  status: number;
  headers: Headers;
  isHtml: boolean;
  body: Buffer;
}

/** The merchant's public site, as the phone reaches it. */
export class Product {
  private readonly origin: string;
  private readonly agent = new Agent({ connections: 16, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Fetches a page; a redirect within the site is answered as its new path. */
  async page(path: string, from: IncomingHttpHeaders): Promise<ProductPage | { location: string; headers: Headers }> {
    try {
      const response = await request(this.origin + path, { headers: this.outgoing(from), dispatcher: this.agent });
      const headers = kept(response.headers);
      const location = this.pathOf(response.headers['location']);
      if (response.statusCode >= 300 && response.statusCode < 400 && location) {
        await response.body.dump();
        delete headers['location'];
        return { location, headers };
      }
      const type = String(response.headers['content-type'] ?? '');
      return { status: response.statusCode, headers, isHtml: type.includes('text/html'), body: Buffer.from(await response.body.arrayBuffer()) };
    } catch (error) {
      return this.unreachable(error);
    }
  }

  /** Passes any other request on, so that a page works when the phone talks to the simulator directly. */
  async pass(req: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    try {
      const body = req.body instanceof Buffer && req.body.length > 0 ? req.body : undefined;
      const method = req.method as 'GET';
      const response = await request(this.origin + req.url, { method, headers: this.outgoing(req.headers), dispatcher: this.agent, ...(body ? { body } : {}) });
      return await reply.code(response.statusCode).headers(kept(response.headers)).send(response.body);
    } catch (error) {
      const page = this.unreachable(error);
      return reply.code(page.status).headers(page.headers).send(page.body);
    }
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  /** The product sees its own address as the origin, as if the phone were there. */
  private outgoing(from: IncomingHttpHeaders): Headers {
    const headers = kept(from);
    if (headers['origin']) headers['origin'] = this.origin;
    delete headers['referer'];
    return headers;
  }

  private pathOf(location: string | string[] | undefined): string | null {
    if (typeof location !== 'string') return null;
    const url = new URL(location, `${this.origin}/`);
    return url.origin === new URL(this.origin).origin ? url.pathname + url.search : null;
  }

  private unreachable(error: unknown): ProductPage {
    const reason = error instanceof Error ? error.message : String(error);
    const html = errorPage('暂时无法打开页面', `${this.origin} 没有响应：${reason}`);
    return { status: 502, headers: { 'content-type': 'text/html; charset=utf-8' }, isHtml: true, body: Buffer.from(html) };
  }
}

function kept(headers: IncomingHttpHeaders): Headers {
  const result: Headers = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !DROPPED.has(name)) result[name] = value;
  }
  return result;
}
