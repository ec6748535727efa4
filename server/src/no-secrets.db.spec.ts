// Whatever happens, a credential stays in memory and, sealed, in its own column: a whole story is played, with everything that can
// go wrong, and then every place that a person or another system reads is searched for each secret.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from './core/log.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from './core/testing/index.js';
import { toGraphQLError } from './core/graphql/errors.js';
import { createHttpApp } from './http-app.js';
import { CustomersResolver } from './modules/customers/customers.resolver.js';
import { PlayerService } from './modules/customers/player/player.service.js';
import { encrypt, openAesKey, sign } from './modules/channels/adapters/wechat/wechat.crypto.js';
import { ChannelAccess } from './modules/channels/channel-access.service.js';
import { AlertsResolver } from './modules/channels/alerts/alerts.resolver.js';
import { ChannelsResolver } from './modules/channels/channels.resolver.js';
import { QuotasResolver } from './modules/channels/quotas/quotas.resolver.js';
import { ChannelSender } from './modules/channels/sending/channel-sender.service.js';
import { ChannelTokens } from './modules/channels/tokens/channel-tokens.service.js';

const hex = (bytes: number) => randomBytes(bytes).toString('hex');
const tag = hex(6);
const SECRETS = { appSecret: hex(16), wrongSecret: hex(16), callbackToken: hex(12), aesKey: randomBytes(32).toString('base64').slice(0, 43).replaceAll(/[+/]/gu, 'x') };
const appId = `wx${tag}0000`;

let simulator: SimulatorProcess;
let t: TestApp;
let http: NestFastifyApplication;
let tenantId: string;
/** Everything that left the process: log lines and answers. */
const log: string[] = [];
const answers: string[] = [];

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url }, undefined, (line) => log.push(line));
  http = await createHttpApp({ ...t.config, logLevel: 'trace' }, createLog('trace', 'http', { write: (line: string) => log.push(line) }));
  await http.init();
  await http.getHttpAdapter().getInstance().ready();
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

/** What the API answers: a resolver's result, or the error that clients see. */
async function ask<T>(work: () => Promise<T>): Promise<T | undefined> {
  const writer = createLog('trace', 'api', { write: (line: string) => log.push(line) });
  try {
    const answer = await t.as(tenantId, work);
    answers.push(JSON.stringify(answer));
    return answer;
  } catch (thrown) {
    answers.push(JSON.stringify(toGraphQLError(thrown, writer).toJSON()));
    return undefined;
  }
}

const connect = (appSecret: string, name = '晨光') =>
  ask(() => t.get(ChannelsResolver).connectChannel({ platform: 'wechat_mini_program', name, appId, appSecret, originalId: `gh_${appId}`, callbackToken: SECRETS.callbackToken, aesKey: SECRETS.aesKey, callbackMode: 'secure', callbackFormat: 'json' }));

async function callback(channelId: string, how: { token?: string; text?: string } = {}): Promise<void> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const part = encrypt(openAesKey(SECRETS.aesKey) ?? Buffer.alloc(0), JSON.stringify({ ToUserName: `gh_${appId}`, FromUserName: 'oWalker', CreateTime: 1760000001, MsgType: 'text', Content: how.text ?? '你好', MsgId: hex(4) }), appId);
  const query = new URLSearchParams({ timestamp, nonce: '7', encrypt_type: 'aes', msg_signature: sign(how.token ?? SECRETS.callbackToken, timestamp, '7', part) });
  const answer = await http.inject({ method: 'POST', url: `/hooks/wechat/${channelId}?${query.toString()}`, headers: { 'content-type': 'application/json' }, payload: { ToUserName: `gh_${appId}`, Encrypt: part } });
  answers.push(answer.body);
}

/** Every row of every table as text: what a backup, a report or a curious query would show. */
async function everyRow(): Promise<string> {
  const tables = await t.sql<{ name: string }>(`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'graphile_worker')`);
  const parts = await Promise.all(tables.map(async ({ name }) => (await t.sql<{ all: string | null }>(`select string_agg(x::text, E'\\n') as all from ${name} x`))[0]!.all ?? ''));
  return parts.join('\n');
}

it('no secret is in a log line, an answer or a row, whatever went wrong', async () => {
  await simulator.call('POST', '/sim/apps', { appid: appId, secret: SECRETS.appSecret, originalId: `gh_${appId}`, name: '晨光', callbackUrl: '', token: SECRETS.callbackToken, aesKey: SECRETS.aesKey, mode: 'secure', format: 'json', templates: [] });
  tenantId = await t.tenant();
  expect(await connect(SECRETS.wrongSecret)).toMatchObject({ __typename: 'Refusal' });
  expect(await connect(SECRETS.appSecret, '')).toBeUndefined();
  const channelId = ((await connect(SECRETS.appSecret)) as { id: string }).id;
  const held = await t.as(tenantId, async () => t.get(ChannelTokens).take(await t.get(ChannelAccess).forUse(channelId)));
  if (!held.ok) throw new Error(held.problem);

  // Good and bad in turn: what goes wrong is what people log.
  await callback(channelId);
  await callback(channelId, { token: 'not-the-token' });
  const [shop] = await t.sql<{ slug: string }>('select slug from tenants where id = $1', [tenantId]);
  const [person] = (await simulator.call<{ people: { id: string }[] }>('POST', '/sim/people', { count: 1 })).people;
  const { code } = await simulator.call<{ code: string }>('POST', `/sim/people/${person!.id}/login`, { appid: appId });
  for (const one of ['not-a-code', code]) await ask(() => t.get(PlayerService).signIn({ tenantSlug: shop!.slug, appId, code: one }));
  for (const fault of [{ kind: 'http500' }, { kind: 'errcode', errcode: 40125 }, { kind: 'errcode', errcode: 99887766 }, { kind: 'token_invalid' }]) {
    await simulator.call('POST', '/sim/faults', { appid: appId, path: '*', times: 3, ...fault });
    await ask(() => t.get(ChannelsResolver).checkChannel(channelId));
    await ask(() => t.get(QuotasResolver).refreshQuotas(channelId));
    await ask(() => t.get(ChannelSender).send(channelId, { kind: 'window', to: 'oNobody', content: { type: 'text', text: 'x' } }));
    await simulator.call('DELETE', '/sim/faults');
  }
  await ask(() => t.get(ChannelsResolver).updateChannel(channelId, { appSecret: SECRETS.wrongSecret }));
  await t.runJobs({ allowFailures: true });
  await ask(() => t.get(ChannelsResolver).channels());
  await ask(() => t.get(ChannelsResolver).channel(channelId));
  await ask(() => t.get(AlertsResolver).alerts());
  await ask(() => t.get(QuotasResolver).channelQuotas(channelId));
  await ask(() => t.get(QuotasResolver).unmappedCodes(channelId));
  await ask(() => t.get(CustomersResolver).customers(undefined, 50));

  // The story did happen: an empty log would be clean too.
  expect(log.length).toBeGreaterThan(10);
  expect(answers.join('\n')).toContain('99887766');
  const places = { log: log.join(''), answers: answers.join('\n'), rows: await everyRow() };
  const secrets = { ...SECRETS, accessToken: held.value.token };
  for (const [where, text] of Object.entries(places))
    for (const [what, secret] of Object.entries(secrets)) expect(text.includes(secret), `${what} stands in the ${where}`).toBe(false);
  expect(places.rows).not.toMatch(/session_key/u);
});

/** Fields of answers that do show a secret, each to whom it belongs. */
const SHOWN = ['CallbackSecrets.aesKey', 'CallbackSecrets.token', 'CustomerSession.token', 'NewApiKey.secret'];

it('the API has no field that gives a secret back, but for those that must', async () => {
  const schema = await readFile(fileURLToPath(new URL('../schema.graphql', import.meta.url)), 'utf8');
  const types = [...schema.matchAll(/^type (\w+) \{\n([\s\S]*?)^\}/gmu)].filter(([, name]) => name !== 'Query' && name !== 'Mutation');
  const shows = types.flatMap(([, name, body]) => [...body!.matchAll(/^ {2}(\w+)[(:].*String/gmu)].map(([, field]) => `${name}.${field}`).filter((field) => /secret|token|aeskey|credential|password|ticket|permanentcode/iu.test(field.split('.')[1]!)));
  expect(shows.toSorted()).toEqual(SHOWN);
});
