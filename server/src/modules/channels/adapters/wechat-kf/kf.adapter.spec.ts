import { describe, expect, it } from 'vitest';
import { describeAdapter, playback } from '../../adapter.contract.js';
import { PayloadError, type InboundRequest, type PlatformHttp, type SendRequest } from '../../adapter.js';
import { encrypt, openAesKey, sign } from '../wechat/wechat.crypto.js';
import { kfOf, wechatKf, type WechatKf } from './kf.adapter.js';

const CORP = 'wwdemo0123456789';
const TOKEN = 'demoToken1';
const AES = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const NOW = new Date('2026-11-24T08:00:00Z');
// As documented: without any sender.
const PUSH = `<xml><ToUserName><![CDATA[${CORP}]]></ToUserName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event>`
  + '<Token><![CDATA[ENCtoken]]></Token><OpenKfId><![CDATA[wkONE]]></OpenKfId></xml>';

const make = (http: PlatformHttp, settings: Record<string, unknown> = { openKfId: 'wkONE' }): WechatKf =>
  wechatKf({
    http, apiBase: 'http://platform.invalid', clock: () => NOW, callbackMaxAgeSeconds: 300, channel: { id: 'c1', appId: CORP, originalId: '', callbackMode: 'secure', settings },
    credentials: { appSecret: 'S', callbackToken: TOKEN, encodingAesKey: AES },
  }) as WechatKf;
const seal = (text: string): string => encrypt(openAesKey(AES) ?? Buffer.alloc(0), text, CORP);

function pushed(body: string, age = 0): InboundRequest {
  const [timestamp, nonce, part] = [String(NOW.getTime() / 1000 - age), `n${age}`, seal(body)];
  return {
    method: 'POST', query: { timestamp, nonce, msg_signature: sign(TOKEN, timestamp, nonce, part) },
    raw: Buffer.from(`<xml><ToUserName><![CDATA[${CORP}]]></ToUserName><Encrypt><![CDATA[${part}]]></Encrypt></xml>`),
  };
}

function handshake(): { request: InboundRequest; answer: string } {
  const [timestamp, echostr] = [String(NOW.getTime() / 1000), seal('1616140317555161061')];
  return { request: { method: 'GET', query: { timestamp, nonce: 'n', echostr, msg_signature: sign(TOKEN, timestamp, 'n', echostr) }, raw: Buffer.alloc(0) }, answer: '1616140317555161061' };
}

const reply: SendRequest = { kind: 'window', to: 'wmX', accountId: 'wkTWO', clientId: 'f'.repeat(32), content: { type: 'text', text: '有的' } };
const answers = {
  sent: '{"errcode":0,"errmsg":"ok","msgid":"M1"}',
  tokenExpired: '{"errcode":42001,"errmsg":"access_token expired"}',
  refused: '{"errcode":95002,"errmsg":"time limit"}',
  throttled: '{"errcode":45009,"errmsg":"api freq out of limit"}',
  secretWrong: '{"errcode":40001,"errmsg":"invalid credential"}',
  token: '{"errcode":0,"errmsg":"ok","access_token":"T1","expires_in":7200}',
};

describeAdapter('WeChat Customer Service', { make: (http) => make(http), callback: (age) => pushed(PUSH, age), tampered: () => ({ ...pushed(PUSH), query: pushed(PUSH).query }), handshake, request: reply, answers });

const row = (more: Record<string, unknown>): string => JSON.stringify({ msgid: 'm1', send_time: 1760000000, origin: 3, open_kfid: 'wkONE', external_userid: 'wmX', ...more });
const parse = (payload: string) => make(playback('')).parse(payload, 'json')[0];
const event = (more: Record<string, unknown>) => parse(JSON.stringify({ msgid: 'm1', send_time: 1760000000, origin: 4, msgtype: 'event', event: { open_kfid: 'wkONE', external_userid: 'wmX', ...more } }));

describe('WeChat Customer Service, what comes in', () => {
  it('reads a push as a wish to read on, and tells two pushes of one second apart', () => {
    expect(make(playback('')).parse(PUSH, 'xml')).toEqual([{ externalId: '', at: '2025-10-09T08:53:20.000Z', dedupKey: expect.stringContaining('ENCtoken') as string, type: 'kf.pending', accountId: 'wkONE', token: 'ENCtoken' }]);
    const keys = [PUSH, PUSH.replace('ENCtoken', 'ENCother')].map((body) => make(playback('')).verify(pushed(body))).map((verified) => verified.outcome === 'event' && verified.dedupKey);
    expect(new Set(keys).size).toBe(2);
  });

  it('knows what a customer wrote from what an employee answered', () => {
    expect(parse(row({ msgtype: 'text', text: { content: '在吗' } }))).toEqual({
      type: 'customer.wrote', externalId: 'wmX', at: '2025-10-09T08:53:20.000Z', dedupKey: 'kf:m1', msgId: 'm1', kind: 'text', text: '在吗', accountId: 'wkONE',
    });
    expect(parse(row({ msgtype: 'link', link: { title: '蛋糕', url: 'x' } }))).toMatchObject({ kind: 'link', text: '蛋糕' });
    expect(parse(row({ msgtype: 'channels' }))).toMatchObject({ kind: 'channels', text: '' });
    expect(parse(row({ msgtype: 'text', origin: 5, text: { content: '您好' } }))).toMatchObject({ type: 'platform.other' });
  });

  it('opens an entry with its scene and welcome code, whose ids stand inside the event', () => {
    expect(event({ event_type: 'enter_session', scene: 'store', scene_param: '12', welcome_code: 'CODE' })).toMatchObject({ type: 'customer.entered', externalId: 'wmX', accountId: 'wkONE', sessionFrom: 'store?12', welcomeCode: 'CODE' });
    expect(event({ event_type: 'enter_session', scene: '', scene_param: '' })).not.toHaveProperty('welcomeCode');
  });

  it.each([[4, 'window_closed'], [6, 'window_used_up'], [10, 'person_blocked'], [8, 'account'], [13, 'content'], [0, 'unknown'], [99, 'unknown']])('reads fail_type %i as %s', (type, reason) => {
    expect(event({ event_type: 'msg_send_fail', fail_msgid: 'M1', fail_type: type })).toMatchObject({ type: 'window.failed', platformId: 'M1', reason });
  });

  it('refuses rows that name no message or no time', () => {
    for (const bad of ['[]', '{}', row({ msgid: '' }), row({ send_time: 'x' })]) expect(() => parse(bad)).toThrow(PayloadError);
  });
});

describe('WeChat Customer Service, what goes out', () => {
  it('speaks as the account that was named, with our id, and as the first one otherwise', async () => {
    const http = playback(answers.sent);
    expect(await make(http).send(reply, 'T')).toEqual({ outcome: 'accepted', platformId: 'M1' });
    const { accountId: _named, ...unnamed } = reply as Extract<SendRequest, { kind: 'window' }>;
    await make(http).send(unnamed, 'T');
    expect(http.asked.map((one) => one.json)).toEqual([
      { touser: 'wmX', open_kfid: 'wkTWO', msgid: 'f'.repeat(32), msgtype: 'text', text: { content: '有的' } },
      { touser: 'wmX', open_kfid: 'wkONE', msgid: 'f'.repeat(32), msgtype: 'text', text: { content: '有的' } },
    ]);
    expect(await make(http, {}).send(unnamed, 'T')).toEqual({ outcome: 'unsupported' });
    expect(http.asked).toHaveLength(2);
  });

  it('greets by code, and sends nothing that it has no picture for', async () => {
    const http = playback(answers.sent);
    await make(http).send({ ...reply, welcomeCode: 'CODE' } as SendRequest, 'T');
    expect(http.asked[0]).toMatchObject({ url: 'http://platform.invalid/cgi-bin/kf/send_msg_on_event?access_token=T', json: { code: 'CODE', msgtype: 'text' } });
    expect(await make(http).send({ kind: 'window', to: 'wmX', content: { type: 'link', title: 't', description: '', url: 'u', thumbUrl: '' } }, 'T')).toEqual({ outcome: 'unsupported' });
  });

  it('reads on from a cursor, with the push’s token when there is one, and takes an empty page with more behind it', async () => {
    const http = playback('{"errcode":0,"next_cursor":"c2","has_more":1,"msg_list":[]}');
    expect(await make(http).desk.read('wkONE', { cursor: 'c1', syncToken: 'ENC' }, 'T')).toEqual({ ok: true, value: { cursor: 'c2', hasMore: true, rows: [] } });
    await make(http).desk.read('wkONE', { cursor: '', syncToken: null }, 'T');
    expect(http.asked.map((one) => one.json)).toEqual([{ open_kfid: 'wkONE', limit: 1000, voice_format: 0, cursor: 'c1', token: 'ENC' }, { open_kfid: 'wkONE', limit: 1000, voice_format: 0 }]);
    expect(await make(playback('{"errcode":0,"has_more":1,"msg_list":[]}')).desk.read('wkONE', { cursor: '', syncToken: null }, 'T')).toMatchObject({ ok: false, kind: 'upstream' });
  });

  it('is found by its type', () => expect([kfOf(make(playback(''))) !== undefined, kfOf({} as never)]).toEqual([true, undefined]));
});
