// The one way out: pooled, with a time-out, never inside a write transaction, never with a secret in a message.
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, FormData, request } from 'undici';
import { isInWrite } from './db/scope.js';
import { AppError } from './errors/app-error.js';

export interface OutboundRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Sent as JSON; Chinese stays unescaped. */
  json?: unknown;
  /** Sent as a form with this one file, instead of JSON. */
  file?: OutboundFile;
  /** The answer may be a picture: give its bytes too. */
  wantsBytes?: boolean;
  timeoutMs?: number;
}
export interface OutboundFile {
  field: string;
  name: string;
  type: string;
  bytes: Buffer;
}
export interface OutboundAnswer {
  status: number;
  body: string;
  bytes?: Buffer;
}

/** Address without query: tokens travel there. */
const safeAddress = (url: string): string => url.split('?')[0]!;

@Injectable()
export class Http implements OnApplicationShutdown {
  private readonly agent = new Agent({ connections: 128, pipelining: 1, keepAliveTimeout: 30_000 });

  /**
   * One call, no retries: whether to try again is the caller's rule.
   * @throws bug inside a write; upstream when the other side is silent or unreachable (`details.maybeDone`: it may have acted).
   */
  async request({ method, url, json, file, wantsBytes, timeoutMs = 8_000 }: OutboundRequest): Promise<OutboundAnswer> {
    if (isInWrite()) throw new AppError('bug', 'No outbound call inside a write transaction.');
    try {
      const answer = await request(url, {
        method,
        dispatcher: this.agent,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        ...(file === undefined ? {} : { body: formOf(file) }),
        ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json; charset=utf-8' } }),
      });
      if (!wantsBytes) return { status: answer.statusCode, body: await answer.body.text() };
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      return { status: answer.statusCode, body: bytes.toString('utf8'), bytes };
    } catch (error) {
      const code = (error as { code?: string }).code ?? 'UNKNOWN';
      const maybeDone = code !== 'ECONNREFUSED' && code !== 'ENOTFOUND' && code !== 'UND_ERR_CONNECT_TIMEOUT';
      throw new AppError('upstream', `No answer from ${safeAddress(url)} (${code}).`, { code, maybeDone }, { cause: error });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.close();
  }
}

function formOf({ field, name, type, bytes }: OutboundFile): FormData {
  const form = new FormData();
  form.append(field, new Blob([new Uint8Array(bytes)], { type }), name);
  return form;
}
