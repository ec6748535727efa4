// The load process: seals callbacks as the platform does, before the clock runs, then posts them over kept-alive connections.
import { Pool } from 'undici';
import { encryptMessage, signatureOf } from '../simulator/src/callback-crypto.ts';

/** One round. `first` is the first message id; every `repeatEvery`-th callback is sent a second time. */
export interface LoadOrder {
  origin: string;
  path: string;
  token: string;
  aesKey: string;
  appid: string;
  first: string;
  count: number;
  repeatEvery: number;
  connections: number;
}

export interface LoadResult {
  sent: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that were not `success`. */
  wrong: number;
}

interface Shot {
  path: string;
  body: string;
}

process.on('message', (order: LoadOrder) => {
  void fire(order).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));

async function fire(order: LoadOrder): Promise<LoadResult> {
  const shots = ammunition(order);
  const pool = new Pool(order.origin, { connections: order.connections, pipelining: 1 });
  const times: number[] = [];
  let wrong = 0;
  let next = 0;
  const shoot = async (): Promise<void> => {
    for (let shot = shots[next++]; shot !== undefined; shot = shots[next++]) {
      const began = performance.now();
      const answer = await pool.request({ method: 'POST', path: shot.path, body: shot.body, headers: { 'content-type': 'application/json' } });
      if ((await answer.body.text()) !== 'success' || answer.statusCode !== 200) wrong += 1;
      times.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: order.connections }, shoot));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { sent: shots.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99), wrong };
}

function ammunition(order: LoadOrder): Shot[] {
  const first = BigInt(order.first);
  const shots: Shot[] = [];
  for (let at = 0; at < order.count; at += 1) {
    shots.push(sealed(order, first + BigInt(at)));
    if (order.repeatEvery > 0 && at % order.repeatEvery === 0) shots.push(sealed(order, first + BigInt(at)));
  }
  return shots;
}

function sealed({ path, token, aesKey, appid }: LoadOrder, msgId: bigint): Shot {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(Math.floor(Math.random() * 2 ** 31));
  const text = `{"ToUserName":"gh_${appid}","FromUserName":"oBench${msgId % 9973n}","CreateTime":${timestamp},"MsgType":"text","Content":"请问今天几点关门","MsgId":${msgId}}`;
  const part = encryptMessage(aesKey, text, appid);
  const query = new URLSearchParams({ timestamp, nonce, openid: 'oBench', encrypt_type: 'aes', msg_signature: signatureOf(token, timestamp, nonce, part) });
  return { path: `${path}?${query.toString()}`, body: JSON.stringify({ ToUserName: `gh_${appid}`, Encrypt: part }) };
}
