// The least work that could send messages: an undici loop that posts them one after the other on every free connection.
import { Pool } from 'undici';

/** One round over these people. */
export interface YardstickOrder {
  origin: string;
  token: string;
  templateId: string;
  openids: string[];
  connections: number;
  /** Requests under way at once. */
  concurrency: number;
}

export interface YardstickResult {
  seconds: number;
  accepted: number;
}

process.on('message', (order: YardstickOrder) => {
  void send(order).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));

async function send(order: YardstickOrder): Promise<YardstickResult> {
  const pool = new Pool(order.origin, { connections: order.connections, pipelining: 1 });
  const path = `/cgi-bin/message/subscribe/send?access_token=${order.token}`;
  let accepted = 0;
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < order.openids.length; at = next++) {
      const answer = await pool.request({ method: 'POST', path, body: bodyOf(order, at), headers: { 'content-type': 'application/json; charset=utf-8' } });
      if (((await answer.body.json()) as { errcode: number }).errcode === 0) accepted += 1;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: order.concurrency }, lane));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  return { seconds, accepted };
}

function bodyOf({ openids, templateId }: YardstickOrder, at: number): string {
  return JSON.stringify({
    touser: openids[at], template_id: templateId, page: `pages/offer/index?m=00000000-0000-7000-8000-${String(at).padStart(12, '0')}`,
    miniprogram_state: 'formal', lang: 'zh_CN', data: { thing1: { value: '冬日限定第二件半价' }, time2: { value: '2026年12月1日 18:00' } },
  });
}
