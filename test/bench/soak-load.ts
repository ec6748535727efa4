// The load process of the soak: a shuffled mixture of good and bad callbacks, each made just before it is sent, with the answer it must get.
import net from 'node:net';
import { Pool } from 'undici';
import { encryptMessage, signatureOf } from '../simulator/src/callback-crypto.ts';

export interface SoakOrder {
  origin: string;
  path: string;
  token: string;
  aesKey: string;
  appid: string;
  templateId: string;
  count: number;
  connections: number;
}

/** Per kind of callback: how many were sent, answered as they must be, and the longest answer after the last byte, in ms. */
export interface SoakKind {
  sent: number;
  right: number;
  longestMs: number;
  /** The first answer that was not right. */
  wrongExample?: string;
}
export interface SoakResult {
  kinds: Record<string, SoakKind>;
  seconds: number;
  /** Distinct pushes that must be stored, and distinct permits they grant. */
  stored: number;
  accepts: number;
  p99Ms: number;
}

interface Shot {
  kind: string;
  path: string;
  body: Buffer;
  /** The answers that are right. */
  expect: readonly number[];
  isSlow?: boolean;
}

// Thousandths of all callbacks; the rest are good ones.
const SHARES = { duplicate: 100, late: 60, replayed: 30, tampered: 30, unsigned: 20, garbled: 15, entity_bomb: 10, big: 2, oversized: 3, slow: 3 } as const;
const STALE_MS = 20 * 60_000;
const SLOW_MS = 3000;
const FIRST_ID = 7_312_000_000_000_000_000n;
const BOMB = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${'bcdefghi'.split('').map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(10)}">`).join('')}]><xml><Encrypt>&i;</Encrypt></xml>`;

process.on('message', (order: SoakOrder) => {
  void soak(order).then((result) => process.send?.(result), (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
process.once('disconnect', () => process.exit(0));

class Armoury {
  private readonly order: SoakOrder;
  private serial = 0;
  private readonly earlier: string[] = [];
  stored = 0;
  accepts = 0;

  constructor(order: SoakOrder) {
    this.order = order;
  }

  make(kind: string): Shot {
    switch (kind) {
      case 'duplicate': return this.shot(kind, this.earlier[Math.floor(Math.random() * this.earlier.length)] ?? this.fresh(), { expect: [200] });
      case 'late': return this.shot(kind, this.fresh(Math.floor(Math.random() * 240)), { expect: [200] });
      case 'replayed': return this.shot(kind, this.content(), { at: Date.now() - STALE_MS, expect: [403] });
      case 'tampered': return this.shot(kind, this.content(), { spoil: (body) => body.replace(/"Encrypt":"(.{40})(.)/u, (_, head: string, one: string) => `"Encrypt":"${head}${one === 'A' ? 'B' : 'A'}`), expect: [403] });
      case 'unsigned': return { ...this.shot(kind, this.content(), { expect: [403] }), path: `${this.order.path}?timestamp=${Math.floor(Date.now() / 1000)}&nonce=1&encrypt_type=aes&msg_signature=${'0'.repeat(40)}` };
      case 'garbled': return { ...this.shot(kind, this.content(), { expect: [400, 403] }), body: Buffer.from([0xb9, 0xfe, 0xff, 0xd6, 0xd0, 0x7b, 0x22, 0xc0, 0x80]) };
      case 'entity_bomb': return { ...this.shot(kind, this.content(), { expect: [400, 403] }), body: Buffer.from(BOMB) };
      case 'big': return this.shot(kind, this.fresh(0, '长'.repeat(230_000)), { expect: [200] });
      case 'oversized': return { ...this.shot(kind, this.content(), { expect: [413] }), body: Buffer.alloc(1_200_000, 0x20) };
      case 'slow': return { ...this.shot(kind, this.fresh(), { expect: [200] }), isSlow: true };
      default: return this.shot(kind, this.fresh(), { expect: [200] });
    }
  }

  /** A push that must be stored once; every third one grants a permit. */
  private fresh(agoSeconds = 0, text?: string): string {
    const content = this.content(agoSeconds, text);
    this.stored += 1;
    if (content.includes('subscribe_msg_popup_event')) this.accepts += 1;
    if (this.earlier.length < 20_000) this.earlier.push(content);
    return content;
  }

  private content(agoSeconds = 0, text?: string): string {
    this.serial += 1;
    const { appid, templateId } = this.order;
    const head = { ToUserName: `gh_${appid}`, FromUserName: `oSoak${this.serial}`, CreateTime: Math.floor(Date.now() / 1000) - agoSeconds };
    if (text === undefined && this.serial % 3 === 0) {
      return JSON.stringify({ ...head, MsgType: 'event', Event: 'subscribe_msg_popup_event', List: [{ TemplateId: templateId, SubscribeStatusString: 'accept', PopupScene: '0' }] });
    }
    return JSON.stringify({ ...head, MsgType: 'text', Content: text ?? '请问今天几点关门', MsgId: '@' }).replace('"@"', String(FIRST_ID + BigInt(this.serial)));
  }

  private shot(kind: string, content: string, { at = Date.now(), spoil = (body: string) => body, expect }: { at?: number; spoil?: (body: string) => string; expect: readonly number[] }): Shot {
    const { token, aesKey, appid, path } = this.order;
    const [timestamp, nonce] = [String(Math.floor(at / 1000)), String(Math.floor(Math.random() * 2 ** 31))];
    const part = encryptMessage(aesKey, content, appid);
    const query = new URLSearchParams({ timestamp, nonce, encrypt_type: 'aes', msg_signature: signatureOf(token, timestamp, nonce, part) });
    return { kind, path: `${path}?${query.toString()}`, body: Buffer.from(spoil(JSON.stringify({ ToUserName: `gh_${appid}`, Encrypt: part }))), expect };
  }
}

async function soak(order: SoakOrder): Promise<SoakResult> {
  const armoury = new Armoury(order);
  const pool = new Pool(order.origin, { connections: order.connections, pipelining: 1 });
  const kinds: Record<string, SoakKind> = {};
  const times: number[] = [];
  let left = order.count;
  const slow: Promise<void>[] = [];
  const note = ({ kind, expect }: Shot, status: number, ms: number): void => {
    const row = (kinds[kind] ??= { sent: 0, right: 0, longestMs: 0 });
    row.sent += 1;
    if (expect.includes(status)) row.right += 1;
    else row.wrongExample ??= String(status);
    row.longestMs = Math.max(row.longestMs, Math.round(ms));
    times.push(ms);
  };
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const shot = armoury.make(kindOf(Math.floor(Math.random() * 1000)));
      if (shot.isSlow) slow.push(sendSlowly(order, shot).then(({ status, ms }) => note(shot, status, ms)));
      else {
        const began = performance.now();
        note(shot, await sendWhole(pool, shot), performance.now() - began);
      }
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: order.connections }, lane));
  await Promise.all(slow);
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  return { kinds, seconds, stored: armoury.stored, accepts: armoury.accepts, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 };
}

function kindOf(thousandth: number): string {
  let at = 0;
  for (const [kind, share] of Object.entries(SHARES)) {
    at += share;
    if (thousandth < at) return kind;
  }
  return 'good';
}

async function sendWhole(pool: Pool, { path, body }: Shot): Promise<number> {
  try {
    const answer = await pool.request({ method: 'POST', path, body, headers: { 'content-type': 'application/json' } });
    await answer.body.text();
    return answer.statusCode;
  } catch (error) {
    // A server may hang up on a body that is too long before it was all sent.
    if (body.length > 1_100_000) return 413;
    throw error;
  }
}

/** Half of the body, a long pause, the rest; timed from the last byte. */
function sendSlowly({ origin }: SoakOrder, { path, body }: Shot): Promise<{ status: number; ms: number }> {
  const { port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    let lastByteAt = 0;
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/u.exec(chunk.toString('latin1'))?.[1] ?? 0), ms: performance.now() - lastByteAt });
      socket.destroy();
    });
    const half = Math.floor(body.length / 2);
    socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`);
    socket.write(body.subarray(0, half));
    setTimeout(() => {
      lastByteAt = performance.now();
      socket.write(body.subarray(half));
    }, SLOW_MS);
  });
}
