import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../core/ids.js';
import { createLog } from '../../../core/log.js';
import { hashSecret } from '../../../core/secrets.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import { createHttpApp } from '../../../http-app.js';
import { encrypt, openAesKey, sign } from '../adapters/wechat/wechat.crypto.js';
import { ChannelAccess } from '../channel-access.service.js';
import { randomWord } from '../channel.secrets.js';
import type { ChannelRow } from '../channels.repository.js';
import { ChannelsService } from '../channels.service.js';
import { ChannelTokens } from '../tokens/channel-tokens.service.js';
import { Authorisations } from './authorisations.service.js';
import { GrantsRepository } from './grants.repository.js';

const SUITE = { suiteId: 'dktemplate0001', suiteSecret: 'suite-secret-0123456789', token: 'SuiteToken1', aesKey: 's'.padEnd(43, 'S') };
const ENV = { WECOM_SUITE_ID: SUITE.suiteId, WECOM_SUITE_SECRET: SUITE.suiteSecret, WECOM_SUITE_TOKEN: SUITE.token, WECOM_SUITE_AES_KEY: SUITE.aesKey };

let simulator: SimulatorProcess;
let t: TestApp;
let http: NestFastifyApplication;
let origin: string;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url, ...ENV });
  http = await createHttpApp(t.config, createLog('silent', 'http'));
  await http.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(http.getHttpServer().address() as AddressInfo).port}`;
  await simulator.call('POST', '/sim/suites', { ...SUITE, commandUrl: `${origin}/hooks/open/wecom` });
  await suite('ticket', {});
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

const idle = (): Promise<unknown> => simulator.call('GET', '/sim/idle?timeoutMs=20000');
/** What the corp's administrator does; resolves once WeCom's push was taken. */
async function suite(what: string, body: Record<string, unknown>): Promise<void> {
  await simulator.call('POST', `/sim/suites/${SUITE.suiteId}/${what}`, body);
  await idle();
}

let made = 0;
async function aCorp(): Promise<string> {
  made += 1;
  const corpid = `wwcorp${process.pid}x${made}`;
  await simulator.call('POST', '/sim/corps', { corpid, name: '甜甜烘焙', secret: `own-secret-${made}`, agentid: 1000002, employees: [{ userid: 'zhang', name: '张', canContact: true }] });
  return corpid;
}

/** The merchant began it in the console: the state that is in their code. */
async function begun(tenantId: string, expiresAt = new Date(Date.now() + 60_000)): Promise<string> {
  const state = randomWord(32);
  await t.as(tenantId, () => t.get(TenantDb).write(() => t.get(GrantsRepository).addStart({ id: newId(), stateHash: hashSecret(state), platform: 'wecom', startedBy: newId(), expiresAt })));
  return state;
}

const channels = (tenantId: string): Promise<ChannelRow[]> => t.as(tenantId, () => t.get(ChannelsService).list());
async function token(tenantId: string, id: string) {
  t.get(ChannelAccess).forget(id); // the other process took the notice; this one follows within seconds
  return t.as(tenantId, async () => t.get(ChannelTokens).take(await t.get(ChannelAccess).forUse(id)));
}

describe('a provider-developed app at WeCom', () => {
  it('answers the address check with the opened text, and nobody without the key', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const echostr = encrypt(openAesKey(SUITE.aesKey) ?? Buffer.alloc(0), 'hello 12345', 'wwprovider');
    const ask = async (signature: string) => fetch(`${origin}/hooks/open/wecom?${new URLSearchParams({ timestamp, nonce: 'n', echostr, msg_signature: signature }).toString()}`);
    const good = await ask(sign(SUITE.token, timestamp, 'n', echostr));
    expect([good.status, await good.text()]).toEqual([200, 'hello 12345']);
    expect((await ask(sign('AnotherToken', timestamp, 'n', echostr))).status).toBe(403);
  });

  it('connects the corp whose administrator scanned the merchant’s code', async () => {
    const tenantId = await t.tenant();
    const corpid = await aCorp();
    await suite('authorise', { corpid, state: await begun(tenantId) });
    const [channel, ...others] = await channels(tenantId);
    expect(others).toEqual([]);
    expect(channel).toMatchObject({ platform: 'wecom', app_id: corpid, name: '甜甜烘焙', authorisation: 'platform', status: 'live', settings: { agentId: expect.stringMatching(/^\d+$/u) as string } });
    expect(await token(tenantId, channel!.id)).toMatchObject({ ok: true });
  });

  it('gives no merchant a corp that none began, that is late, or a second time', async () => {
    const tenantId = await t.tenant();
    await suite('authorise', { corpid: await aCorp(), state: 'made1up' });
    await suite('authorise', { corpid: await aCorp() });
    await suite('authorise', { corpid: await aCorp(), state: await begun(tenantId, new Date(Date.now() - 1000)) });
    expect(await channels(tenantId)).toEqual([]);
    const state = await begun(tenantId);
    const first = await aCorp();
    await suite('authorise', { corpid: first, state });
    await suite('authorise', { corpid: await aCorp(), state });
    expect((await channels(tenantId)).map((one) => one.app_id)).toEqual([first]);
  });

  it('leaves a corp to the merchant that has it', async () => {
    const owner = await t.tenant();
    const corpid = await aCorp();
    await suite('authorise', { corpid, state: await begun(owner) });
    const other = await t.tenant();
    await suite('authorise', { corpid, state: await begun(other) });
    expect(await channels(other)).toEqual([]);
    expect(await channels(owner)).toHaveLength(1);
  });

  it('stops when the corp takes it back, and goes on in the same channel', async () => {
    const tenantId = await t.tenant();
    const corpid = await aCorp();
    await suite('authorise', { corpid, state: await begun(tenantId) });
    const [channel] = await channels(tenantId);
    await suite('cancel', { corpid });
    expect((await channels(tenantId))[0]).toMatchObject({ status: 'failing', status_reason: 'authorization_revoked' });
    expect(await token(tenantId, channel!.id)).toMatchObject({ ok: false, problem: 'authorization_revoked' });
    await suite('authorise', { corpid, state: await begun(tenantId) });
    expect((await channels(tenantId))[0]).toMatchObject({ id: channel!.id, status: 'live', status_reason: null });
  });

  it('is not offered to begin where the operator is no service provider', async () => {
    const tenantId = await t.tenant();
    expect(t.get(Authorisations).offered()).toEqual([]);
    expect(await t.as(tenantId, () => t.get(Authorisations).begin('wecom'))).toEqual({ __typename: 'Refusal', code: 'authorisation_not_offered', details: { platform: 'wecom' } });
  });
});
