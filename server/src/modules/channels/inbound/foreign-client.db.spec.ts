// Somebody else's implementation of WeChat's encryption speaks to our callback address, and reads what we seal.
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../core/ids.js';
import { createLog } from '../../../core/log.js';
import { startTestApp, TEST_SECRET_KEY, type TestApp } from '../../../core/testing/index.js';
import { createHttpApp } from '../../../http-app.js';
import { decrypt, encrypt, openAesKey, sign } from '../adapters/wechat/wechat.crypto.js';
import { sealCredentials } from '../channel.secrets.js';
import { InboundEvents } from './inbound-events.service.js';

/** npm wechat-crypto, which has no types of its own. */
interface ForeignCrypt {
  getSignature(timestamp: string, nonce: string, encrypted: string): string;
  encrypt(text: string): string;
  decrypt(text: string): { message: string; id: string };
}
const WXBizMsgCrypt = createRequire(import.meta.url)('wechat-crypto') as new (token: string, encodingAesKey: string, id: string) => ForeignCrypt;

const APP_ID = 'wxforeign01';
const TOKEN = 'ForeignToken';
const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

let t: TestApp;
let http: NestFastifyApplication;
let address: string;
let tenantId: string;
let channelId: string;
const foreign = new WXBizMsgCrypt(TOKEN, AES_KEY, APP_ID);

beforeAll(async () => {
  t = await startTestApp();
  http = await createHttpApp(t.config, createLog('silent', 'http'));
  await http.listen(0, '127.0.0.1');
  [tenantId, channelId] = [await t.tenant(), newId()];
  const credentials = sealCredentials([Buffer.from(TEST_SECRET_KEY, 'base64')], { tenantId, channelId }, { appSecret: 'S', callbackToken: TOKEN, encodingAesKey: AES_KEY });
  await t.sql(
    `insert into channels (tenant_id, id, platform, name, app_id, original_id, status, credentials, callback_mode, callback_format)
     values ($1, $2, 'wechat_official_account', '服务号', $3, 'gh_foreign', 'live', $4, 'secure', 'xml')`, [tenantId, channelId, APP_ID, credentials]);
  address = `http://127.0.0.1:${(http.getHttpServer().address() as AddressInfo).port}/hooks/wechat/${channelId}`;
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
});

const SAID = '<xml><ToUserName><![CDATA[gh_foreign]]></ToUserName><FromUserName><![CDATA[oFan1]]></FromUserName><CreateTime>1760000001</CreateTime>'
  + '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[在吗？😀]]></Content><MsgId>23456789012345678</MsgId></xml>';

function post(part: string, signature: string, timestamp = String(Math.floor(Date.now() / 1000)), nonce = '1320562132'): Promise<Response> {
  const query = new URLSearchParams({ timestamp, nonce, openid: 'oFan1', encrypt_type: 'aes', msg_signature: signature });
  return fetch(`${address}?${query.toString()}`, { method: 'POST', body: `<xml><ToUserName><![CDATA[gh_foreign]]></ToUserName><Encrypt><![CDATA[${part}]]></Encrypt></xml>` });
}

describe('wechat-crypto from npm', () => {
  it('delivers a message that we read', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const part = foreign.encrypt(SAID);
    const answer = await post(part, foreign.getSignature(timestamp, '1320562132', part), timestamp);
    expect([answer.status, await answer.text()]).toEqual([200, 'success']);
    await t.runJobs();
    const ids = (await t.sql<{ id: string }>('select id from inbound where channel_id = $1', [channelId])).map((row) => row.id);
    const events = await t.as(tenantId, () => t.get(InboundEvents).load(channelId, ids));
    expect(events).toMatchObject([{ type: 'customer.wrote', externalId: 'oFan1', text: '在吗？😀', msgId: '23456789012345678' }]);
  });

  it('is refused with another token, with another app id, and with a changed body', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const part = foreign.encrypt(SAID);
    expect((await post(part, new WXBizMsgCrypt('OtherToken', AES_KEY, APP_ID).getSignature(timestamp, '1320562132', part), timestamp)).status).toBe(403);
    const other = new WXBizMsgCrypt(TOKEN, AES_KEY, 'wxother').encrypt(SAID);
    expect((await post(other, foreign.getSignature(timestamp, '1320562132', other), timestamp)).status).toBe(403);
    expect((await post(`${part.slice(0, -8)}AAAAAAA=`, foreign.getSignature(timestamp, '1320562132', part), timestamp)).status).toBe(403);
  });

  it('checks the address as the platform does', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = sign(TOKEN, timestamp, 'n');
    const answer = await fetch(`${address}?${new URLSearchParams({ timestamp, nonce: 'n', signature, echostr: '7302918273' }).toString()}`);
    expect(await answer.text()).toBe('7302918273');
  });

  it.each(['', 'success', 'a'.repeat(31), '中文与 emoji 😀', SAID])('reads what we seal, and we read what it seals: %#', (text) => {
    const key = openAesKey(AES_KEY)!;
    const sealed = encrypt(key, text, APP_ID);
    expect(foreign.decrypt(sealed)).toEqual({ message: text, id: APP_ID });
    expect(foreign.getSignature('1760000001', 'n', sealed)).toBe(sign(TOKEN, '1760000001', 'n', sealed));
    expect(decrypt(key, foreign.encrypt(text))).toEqual({ message: text, receiverId: APP_ID });
  });
});
