// Group sends through the adapter, and the callback address as a foreign client of the platform uses it.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as foreign from '@wecom/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, startTestApp, type SimulatorProcess, type TestApp } from '../../../core/testing/index.js';
import type { ContactTaskResult, PlatformResult } from '../adapter.js';
import { wecomOf, type Wecom } from '../adapters/wecom/wecom.adapter.js';
import { PlatformCalls } from '../platform-calls.service.js';
import type { Merchant } from '../testing/merchant.fixture.js';
import { anOpenDoor, someone } from '../testing/official.fixture.js';
import { aCorp } from '../testing/wecom.fixture.js';

let simulator: SimulatorProcess;
let t: TestApp;
let http: NestFastifyApplication;
let origin: string;

beforeAll(async () => {
  simulator = await startSimulator();
  t = await startTestApp({ WECHAT_API_BASE: simulator.url, WECOM_API_BASE: simulator.url });
  ({ http, origin } = await anOpenDoor(t));
});
afterAll(async () => {
  await http?.close();
  await t?.stop();
  await simulator?.stop();
});

/** Something asked of the platform with the channel's token. */
const ask = <T>(corp: Merchant, call: (account: Wecom, token: string) => Promise<PlatformResult<T>>): Promise<PlatformResult<T>> =>
  t.as(corp.tenantId, async () => {
    const { channel, account } = await t.get(PlatformCalls).open(corp.channelId, wecomOf);
    return t.get(PlatformCalls).ask(channel, (token) => call(account, token));
  });

describe('a group send', () => {
  it('is asked of employees, confirmed by some, reminded, and taken back from the rest', async () => {
    const corp = await aCorp(t, simulator);
    const people = await someone(simulator, 3);
    const ids: string[] = [];
    for (const [at, person] of people.entries()) {
      const { externalUserid } = await simulator.call<{ externalUserid: string }>('POST', `/sim/people/${person}/add-contact`, { corpid: corp.appId, userid: at === 2 ? 'lisi' : 'zhangsan' });
      ids.push(externalUserid);
    }
    await simulator.call('POST', `/sim/people/${people[1]}/delete-contact`, { corpid: corp.appId, userid: 'zhangsan' });
    const made = await ask(corp, async (account, token) => ({ ok: true, value: await account.createContactTask({ to: [...ids, 'wmNobody'], text: '周年庆' }, token) }));
    expect(made).toMatchObject({ ok: true, value: { outcome: 'accepted', platformId: expect.stringMatching(/./u) as string, rejected: ['wmNobody'] } });
    const taskId = made.ok && made.value.outcome === 'accepted' ? (made.value.platformId ?? '') : '';
    expect(await results(corp, taskId)).toEqual(new Map(ids.map((id) => [id, 'waiting'])));
    for (let time = 0; time < 3; time += 1) expect(await ask(corp, (account, token) => account.remindContactTask(taskId, token))).toEqual({ ok: true, value: undefined });
    expect(await ask(corp, (account, token) => account.remindContactTask(taskId, token))).toMatchObject({ ok: false, kind: 'throttled', problem: 'wecom_remind_used_up' });
    await simulator.call('POST', `/sim/corps/${corp.appId}/employees/zhangsan/confirm`, { msgid: taskId });
    expect(await ask(corp, (account, token) => account.cancelContactTask(taskId, token))).toEqual({ ok: true, value: undefined });
    expect(await results(corp, taskId)).toEqual(new Map([[ids[0], 'sent'], [ids[1], 'not_friend'], [ids[2], 'waiting']]));
  });

  async function results(corp: Merchant, taskId: string): Promise<Map<string, ContactTaskResult['status']>> {
    const found = new Map<string, ContactTaskResult['status']>();
    let next: string | undefined;
    do {
      const page = await ask(corp, (account, token) => account.contactTaskResults(taskId, next, token));
      if (!page.ok) throw new Error(page.problem);
      for (const one of page.value.results) found.set(one.externalId, one.status);
      next = page.value.next;
    } while (next !== undefined);
    return found;
  }
});

describe('the callback address', () => {
  const send = async (corp: Merchant, how: { method: 'GET' | 'POST'; message: string; corpid?: string; token?: string }): Promise<{ status: number; text: string }> => {
    const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), String(Math.random())];
    const encrypt = foreign.encrypt(corp.aesKey, how.message, how.corpid ?? corp.appId);
    const query = new URLSearchParams({ timestamp, nonce, msg_signature: foreign.getSignature(how.token ?? corp.token, timestamp, nonce, encrypt), ...(how.method === 'GET' ? { echostr: encrypt } : {}) });
    const body = how.method === 'GET' ? {} : { body: `<xml><ToUserName><![CDATA[${corp.appId}]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>` };
    const answer = await fetch(`${origin}/hooks/wecom/${corp.channelId}?${query.toString()}`, { method: how.method, ...body });
    return { status: answer.status, text: await answer.text() };
  };
  const tags = (corp: Merchant): string => `<xml><ToUserName>${corp.appId}</ToUserName><FromUserName>sys</FromUserName><CreateTime>1760000000</CreateTime><MsgType>event</MsgType><Event>change_external_tag</Event><Id>et1</Id><TagType>tag</TagType><ChangeType>update</ChangeType></xml>`;

  it('answers the foreign client’s check and takes its events once', async () => {
    const corp = await aCorp(t, simulator);
    expect(await send(corp, { method: 'GET', message: '1616140317555161061' })).toEqual({ status: 200, text: '1616140317555161061' });
    for (let time = 0; time < 3; time += 1) expect(await send(corp, { method: 'POST', message: tags(corp) })).toEqual({ status: 200, text: 'success' });
    expect(await t.sql('select 1 from inbound where channel_id = $1', [corp.channelId])).toHaveLength(1);
  });
  it('refuses another token, another corp and another body', async () => {
    const corp = await aCorp(t, simulator);
    expect(await send(corp, { method: 'POST', message: tags(corp), token: 'wrong' })).toEqual({ status: 403, text: 'bad_signature' });
    expect(await send(corp, { method: 'POST', message: tags(corp), corpid: 'wwother' })).toEqual({ status: 403, text: 'wrong_receiver' });
    expect(await send(corp, { method: 'GET', message: '1', corpid: 'wwother' })).toEqual({ status: 403, text: 'wrong_receiver' });
    expect(await send(corp, { method: 'POST', message: 'rubbish' })).toEqual({ status: 403, text: 'malformed' });
    expect(await t.sql('select 1 from inbound where channel_id = $1', [corp.channelId])).toHaveLength(0);
  });
});
