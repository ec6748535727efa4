// HTTP to WeChat: builds addresses and bodies, reads answers, and knows when an answer is missing.
import { PlatformSilence } from '../../adapter.js';
import type { PlatformFailure, PlatformFile, PlatformHttp, PlatformResult } from '../../adapter.js';
import { failureOf } from './wechat.errors.js';
import { isBody, parseWideJson } from './wechat.body.js';

/** A decoded answer; business errors ride on HTTP 200 with `errcode` other than 0. */
export type Answer =
  | { got: 'answer'; errcode: number; errmsg: string; json: Record<string, unknown> }
  | { got: 'silence'; reached: boolean; detail: string };

interface Call {
  path: string;
  query: Record<string, string>;
  /** Sent as JSON by POST; without it the call is a GET. */
  body?: unknown;
  /** Sent as a form by POST. */
  file?: PlatformFile;
}

// Sends may be slow at the platform's peak hours; everything else is awaited by a person.
const TIMEOUT_MS = 10_000;

export class WeChatClient {
  private readonly http: PlatformHttp;
  private readonly apiBase: string;
  private readonly refused: (errcode: number, errmsg: string) => PlatformFailure;

  /** @param refused what an errcode means at this platform */
  constructor(http: PlatformHttp, apiBase: string, refused: (errcode: number, errmsg: string) => PlatformFailure = failureOf) {
    this.http = http;
    this.apiBase = apiBase;
    this.refused = refused;
  }

  /** Never throws for what the platform does or fails to do. */
  async call({ path, query, body, file }: Call): Promise<Answer> {
    const url = `${this.apiBase}${path}?${new URLSearchParams(query).toString()}`;
    try {
      const { status, text } = await this.http.exchange({
        method: body === undefined && file === undefined ? 'GET' : 'POST',
        url,
        timeoutMs: TIMEOUT_MS,
        ...(body === undefined ? {} : { json: body }),
        ...(file === undefined ? {} : { file }),
      });
      return readAnswer(status, text);
    } catch (error) {
      if (error instanceof PlatformSilence) return { got: 'silence', reached: error.reached, detail: error.message };
      throw error;
    }
  }

  /** A call whose good answer is a picture; a refusal comes as JSON. */
  async picture({ path, query, body }: Call): Promise<Answer | { got: 'picture'; bytes: Buffer }> {
    const url = `${this.apiBase}${path}?${new URLSearchParams(query).toString()}`;
    try {
      const { status, text, bytes } = await this.http.exchange({ method: 'POST', url, json: body, wantsBytes: true, timeoutMs: TIMEOUT_MS });
      if (status === 200 && bytes !== undefined && isPicture(bytes)) return { got: 'picture', bytes };
      return readAnswer(status, text);
    } catch (error) {
      if (error instanceof PlatformSilence) return { got: 'silence', reached: error.reached, detail: error.message };
      throw error;
    }
  }

  /** The same as a result: `read` picks what is wanted from a good answer, undefined if it is not there. */
  async ask<T>(call: Call, read: (json: Record<string, unknown>) => T | undefined): Promise<PlatformResult<T>> {
    const answer = await this.call(call);
    if (answer.got === 'silence') return silent(answer);
    if (answer.errcode !== 0) return this.refused(answer.errcode, answer.errmsg);
    const value = read(answer.json);
    return value === undefined ? silent({ reached: true, detail: `unexpected answer from ${call.path}` }) : { ok: true, value };
  }
}

export function silent({ reached, detail }: { reached: boolean; detail: string }): PlatformFailure {
  return { ok: false, kind: 'upstream', problem: reached ? 'platform_silent' : 'platform_unreachable', code: 0, detail };
}

/** PNG or JPEG by their first bytes: the content type is not part of what the platform promises. */
const isPicture = (bytes: Buffer): boolean => bytes.subarray(0, 4).equals(Buffer.from('89504e47', 'hex')) || bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'));

/** A scalar as text: ids arrive as numbers or strings. */
export const wordOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '');

function readAnswer(status: number, text: string): Answer {
  if (status !== 200) return { got: 'silence', reached: true, detail: `HTTP ${status}` };
  try {
    const json = parseWideJson(text);
    if (!isBody(json)) return { got: 'silence', reached: true, detail: 'answer is no JSON object' };
    const raw: Record<string, unknown> = json;
    return { got: 'answer', errcode: Number(raw['errcode'] ?? 0), errmsg: wordOf(raw['errmsg']), json: raw };
  } catch {
    return { got: 'silence', reached: true, detail: 'answer is not JSON' };
  }
}
