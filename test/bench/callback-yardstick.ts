// The least work that could take callbacks in: bare Fastify, the same signature and decryption, one INSERT each.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';
import { decryptMessage, sameSignature, signatureOf } from '../simulator/src/callback-crypto.ts';

/** What the benchmark sends once: where the database is and which account the callbacks belong to. */
export interface YardstickStart {
  databaseUrl: string;
  token: string;
  aesKey: string;
  appid: string;
}

process.once('message', (start: YardstickStart) => void serve(start));
process.once('disconnect', () => process.exit(0));

async function serve({ databaseUrl, token, aesKey, appid }: YardstickStart): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  await pool.query('create table bench_inbound (id uuid primary key, dedup_key text not null unique, body text not null, received_at timestamptz not null default now())');
  const server = fastify({ logger: false });
  server.post<{ Querystring: Record<string, string>; Body: { Encrypt: string } }>('/callback', async (request, reply) => {
    const { timestamp = '', nonce = '', msg_signature: given = '' } = request.query;
    const { Encrypt } = request.body;
    if (!sameSignature(signatureOf(token, timestamp, nonce, Encrypt), given)) return reply.code(403).send();
    const { text, id } = decryptMessage(aesKey, Encrypt);
    if (id !== appid) return reply.code(403).send();
    const key = /"MsgId":"?(\d+)/u.exec(text)?.[1];
    await pool.query({
      name: 'take',
      text: 'insert into bench_inbound (id, dedup_key, body) values ($1, $2, $3) on conflict (dedup_key) do nothing',
      values: [randomUUID(), key, text],
    });
    return reply.type('text/plain').send('success');
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  process.send?.({ port: (server.server.address() as { port: number }).port });
}
