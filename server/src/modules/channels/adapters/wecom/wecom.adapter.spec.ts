import { describe, expect, it } from 'vitest';
import { describeAdapter, playback } from '../../adapter.contract.js';
import type { InboundRequest, PlatformHttp, SendRequest } from '../../adapter.js';
import { encrypt, openAesKey, sign } from '../wechat/wechat.crypto.js';
import { wecom, Wecom, wecomOf } from './wecom.adapter.js';

const CORP = 'wwdemo0123456789';
const TOKEN = 'demoToken1';
const AES = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const NOW = new Date('2026-11-24T08:00:00Z');
const ADDED = `<xml><ToUserName><![CDATA[${CORP}]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType>`
  + '<Event><![CDATA[change_external_contact]]></Event><ChangeType><![CDATA[add_external_contact]]></ChangeType><UserID><![CDATA[zhangsan]]></UserID>'
  + '<ExternalUserID><![CDATA[wmX]]></ExternalUserID><State><![CDATA[ch_0012]]></State><WelcomeCode><![CDATA[CODE]]></WelcomeCode></xml>';

const make = (http: PlatformHttp): Wecom =>
  new Wecom({
    http, apiBase: 'http://platform.invalid', clock: () => NOW, callbackMaxAgeSeconds: 300,
    channel: { id: 'c1', appId: CORP, originalId: '', callbackMode: 'secure', settings: { agentId: '1000002' } },
    credentials: { appSecret: 'S', callbackToken: TOKEN, encodingAesKey: AES },
  });

const seal = (text: string, receiver = CORP): string => encrypt(openAesKey(AES) ?? Buffer.alloc(0), text, receiver);

function pushed(body: string, how: { age?: number; receiver?: string } = {}): InboundRequest {
  const [timestamp, nonce] = [String(NOW.getTime() / 1000 - (how.age ?? 0)), `n${how.age ?? 0}`];
  const part = seal(body, how.receiver);
  return {
    method: 'POST', query: { timestamp, nonce, msg_signature: sign(TOKEN, timestamp, nonce, part) },
    raw: Buffer.from(`<xml><ToUserName><![CDATA[${CORP}]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID><Encrypt><![CDATA[${part}]]></Encrypt></xml>`),
  };
}

function handshake(): { request: InboundRequest; answer: string } {
  const timestamp = String(NOW.getTime() / 1000);
  const echostr = seal('1616140317555161061');
  return { request: { method: 'GET', query: { timestamp, nonce: 'n', echostr, msg_signature: sign(TOKEN, timestamp, 'n', echostr) }, raw: Buffer.alloc(0) }, answer: '1616140317555161061' };
}

const answers = {
  sent: '{"errcode":0,"errmsg":"ok"}',
  tokenExpired: '{"errcode":42001,"errmsg":"access_token expired"}',
  refused: '{"errcode":41050,"errmsg":"welcome_code expired"}',
  throttled: '{"errcode":45009,"errmsg":"api freq out of limit"}',
  secretWrong: '{"errcode":40001,"errmsg":"invalid credential"}',
  token: '{"errcode":0,"errmsg":"ok","access_token":"T1","expires_in":7200}',
};
const welcome: SendRequest = { kind: 'window', to: 'wmX', welcomeCode: 'CODE', content: { type: 'text', text: '欢迎光临' } };

describeAdapter('WeCom', { make, callback: (age) => pushed(ADDED, { age }), tampered: () => ({ ...pushed(ADDED), query: pushed(ADDED).query }), handshake, request: welcome, answers });

describe('WeCom, callbacks', () => {
  it('is for one corp only, by the seal and by the body', () => {
    expect(make(playback('')).verify(pushed(ADDED, { receiver: 'wwother' }))).toEqual({ outcome: 'refused', reason: 'wrong_receiver' });
    expect(make(playback('')).verify(pushed(ADDED.replace(CORP, 'wwother')))).toEqual({ outcome: 'refused', reason: 'wrong_receiver' });
  });
  it('refuses an address check that is old or sealed for another corp', () => {
    const { request } = handshake();
    const adapter = make(playback(''));
    const timestamp = String(NOW.getTime() / 1000 - 400);
    expect(adapter.verify({ ...request, query: { ...request.query, timestamp, msg_signature: sign(TOKEN, timestamp, 'n', request.query['echostr'] ?? '') } })).toEqual({ outcome: 'refused', reason: 'stale' });
    const echostr = seal('1', 'wwother');
    const now = request.query['timestamp'] ?? '';
    expect(adapter.verify({ ...request, query: { ...request.query, echostr, msg_signature: sign(TOKEN, now, 'n', echostr) } })).toEqual({ outcome: 'refused', reason: 'wrong_receiver' });
  });
});

describe('WeCom, calls', () => {
  it('welcomes with text and a link', async () => {
    const http = playback(answers.sent);
    await make(http).welcome('CODE', { text: '你好', attachment: { type: 'link', title: '券', description: '领券', url: 'https://m.example.com', thumbUrl: 'https://m.example.com/a.jpg' } }, 'T');
    expect(http.asked[0]).toMatchObject({
      url: 'http://platform.invalid/cgi-bin/externalcontact/send_welcome_msg?access_token=T',
      json: { welcome_code: 'CODE', text: { content: '你好' }, attachments: [{ msgtype: 'link', link: { title: '券', picurl: 'https://m.example.com/a.jpg', desc: '领券', url: 'https://m.example.com' } }] },
    });
  });
  it('takes a begun chat for a welcome that is not needed, and another sender for a short wait', async () => {
    expect(await make(playback('{"errcode":41051,"errmsg":"x"}')).send(welcome, 'T')).toEqual({ outcome: 'accepted' });
    expect(await make(playback('{"errcode":41096,"errmsg":"x"}')).send(welcome, 'T')).toMatchObject({ outcome: 'throttled', scope: 'moment', retryAfterMs: 500 });
  });
  it('sends nothing without a welcome code', async () => {
    expect(await make(playback(answers.sent)).send({ kind: 'window', to: 'wmX', content: { type: 'text', text: 'x' } }, 'T')).toEqual({ outcome: 'unsupported' });
  });
  it('makes a group send and tells whom it cannot reach', async () => {
    const http = playback('{"errcode":0,"errmsg":"ok","fail_list":["wmB"],"msgid":"msgX"}');
    expect(await make(http).createContactTask({ to: ['wmA', 'wmB'], employee: 'zhangsan', text: '周年庆' }, 'T')).toEqual({ outcome: 'accepted', platformId: 'msgX', rejected: ['wmB'] });
    expect(http.asked[0]?.json).toEqual({ chat_type: 'single', external_userid: ['wmA', 'wmB'], sender: 'zhangsan', text: { content: '周年庆' } });
    expect(await make(playback('{"errcode":41048,"errmsg":"x"}')).createContactTask({ to: ['wmB'], text: 'x' }, 'T')).toMatchObject({ outcome: 'refused', reason: 'unknown_person', problem: 'wecom_not_friend' });
  });
  it('reads results employee by employee, through both kinds of pages', async () => {
    const pages = [
      { task_list: [{ userid: 'a', status: 2, send_time: 1 }, { userid: 'b', status: 0 }], next_cursor: '' },
      { send_list: [{ external_userid: 'wm1', userid: 'a', status: 1, send_time: 1760000000 }], next_cursor: 'more' },
      { send_list: [{ external_userid: 'wm2', userid: 'a', status: 3 }], next_cursor: '' },
      { send_list: [{ external_userid: 'wm3', userid: 'b', status: 0 }, { external_userid: 'wm4', userid: 'b', status: 2 }], next_cursor: '' },
    ];
    const asked: unknown[] = [];
    const adapter = make({ exchange: (request) => (asked.push(request.json), Promise.resolve({ status: 200, text: JSON.stringify({ errcode: 0, ...pages[asked.length - 1] }) })) });
    const results = [];
    let next: string | undefined;
    do {
      const page = await adapter.contactTaskResults('msgX', next, 'T');
      if (!page.ok) throw new Error(page.problem);
      results.push(...page.value.results);
      next = page.value.next;
    } while (next !== undefined);
    expect(results).toEqual([
      { externalId: 'wm1', employee: 'a', status: 'sent', at: '2025-10-09T08:53:20.000Z' }, { externalId: 'wm2', employee: 'a', status: 'allowance_used_up' },
      { externalId: 'wm3', employee: 'b', status: 'waiting' }, { externalId: 'wm4', employee: 'b', status: 'not_friend' },
    ]);
    expect(asked).toHaveLength(4);
  });
  it('says that a task is still being handed out', async () => {
    expect(await make(playback('{"errcode":41063,"errmsg":"x"}')).contactTaskResults('msgX', undefined, 'T')).toMatchObject({ ok: false, kind: 'upstream', problem: 'platform_busy' });
  });
  it('reads contacts in both forms alike', async () => {
    const person = { external_userid: 'wmX', name: 'Nick', type: 1, unionid: 'oX' };
    const relation = { userid: 'zhangsan', remark: 'r', createtime: 1760000000, add_way: 1, state: 'ch_1' };
    const [page, detail] = [
      await make(playback(JSON.stringify({ errcode: 0, external_contact_list: [{ external_contact: person, follow_info: { ...relation, tag_id: ['et1'] } }], next_cursor: 'C' }))).contacts.page('zhangsan', '', 'T'),
      await make(playback(JSON.stringify({ errcode: 0, external_contact: person, follow_user: [{ ...relation, tags: [{ tag_id: 'et1', type: 1 }, { tag_name: '私', type: 2 }] }], next_cursor: '' }))).contacts.detail('wmX', 'T'),
    ];
    expect(page).toMatchObject({ ok: true, value: { next: 'C' } });
    const contact = { externalId: 'wmX', employee: 'zhangsan', name: 'Nick', unionId: 'oX', isWeComUser: false, remark: 'r', tagIds: ['et1'], state: 'ch_1', addWay: 1, addedAt: new Date(1760000000_000) };
    expect(page.ok && page.value.contacts).toEqual([contact]);
    expect(detail).toEqual({ ok: true, value: [contact] });
  });
  it('puts the state of a link into its address', async () => {
    const http = playback('{"errcode":0,"link":{"link_id":"L","link_name":"n","url":"https://work.weixin.qq.com/ca/abc"}}');
    expect(await make(http).ways.addLink({ name: 'n', employees: ['a'], state: 'st 1', skipVerify: true }, 'T')).toEqual({ ok: true, value: { id: 'L', url: 'https://work.weixin.qq.com/ca/abc?customer_channel=st+1' } });
  });
  it('is what wecomOf finds', () => expect(wecomOf(wecom(make(playback('')).input))).toBeInstanceOf(Wecom));
});
