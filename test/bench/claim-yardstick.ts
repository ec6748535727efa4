// The yardstick of the `claim` benchmark: one statement a claim straight on Postgres, and a bare Fastify that does nothing.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

export type YardstickOrder =
  | { do: 'listen' }
  | { do: 'claim'; databaseUrl: string; tenantId: string; templateId: string; customerIds: string[]; connections: number; ms: number };

export interface YardstickResult {
  port: number;
  claims: number;
  seconds: number;
  wrong: number;
}

// The least that keeps stock and one-per-person exact: the row lock decides, the unique keys hold. No timeline, no event, no fence.
const CLAIM = `with taken as (
    update coupon_templates set remaining = remaining - 1 where tenant_id = $1 and id = $2 and remaining > 0
      and not exists (select 1 from coupons where tenant_id = $1 and template_id = $2 and customer_id = $3) returning id
  )
  insert into coupons (tenant_id, id, template_id, customer_id, number, code, source_key, usable_from, expires_at)
  select $1, $4, id, $3, 1, $5, $6, now(), now() + interval '30 days' from taken`;

process.on('message', (order: YardstickOrder) => {
  void (order.do === 'listen' ? listen() : claim(order)).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));

async function listen(): Promise<YardstickResult> {
  const app = fastify();
  app.post('/graphql', (_request, reply) => reply.send({ ok: true }));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(address).port), claims: 0, seconds: 0, wrong: 0 };
}

async function claim({ databaseUrl, tenantId, templateId, customerIds, connections, ms }: YardstickOrder & { do: 'claim' }): Promise<YardstickResult> {
  const clients = Array.from({ length: connections }, () => new pg.Client(databaseUrl));
  await Promise.all(clients.map((client) => client.connect()));
  let next = 0;
  let claims = 0;
  let wrong = 0;
  const began = performance.now();
  await Promise.all(clients.map(async (client) => {
    for (let customerId = customerIds[next++]; customerId !== undefined && performance.now() - began < ms; customerId = customerIds[next++]) {
      const values = [tenantId, templateId, customerId, randomUUID(), `Y${randomUUID().replaceAll('-', '').slice(0, 15)}`, randomUUID()];
      const { rowCount } = await client.query({ name: 'claim', text: CLAIM, values });
      if (rowCount === 1) claims += 1;
      else wrong += 1;
    }
  }));
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  return { port: 0, claims, seconds, wrong };
}
