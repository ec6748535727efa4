import { describe, expect, it } from 'vitest';
import { describeAdapter, playback } from '../../adapter.contract.js';
import type { CallbackMode, ChannelAdapter, InboundRequest, PlatformHttp, SendRequest } from '../../adapter.js';
import { wechatMiniProgram } from './wechat.adapter.js';
import { encrypt, openAesKey, sign } from '../wechat/wechat.crypto.js';

const TOKEN = 'demoToken1';
const AES = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const NOW = new Date('2026-11-24T08:00:00Z');
const POPUP = JSON.stringify({
  ToUserName: 'gh_demo', FromUserName: 'oUser1', CreateTime: '1760000001', MsgType: 'event', Event: 'subscribe_msg_popup_event',
  List: { TemplateId: 'TPL', SubscribeStatusString: 'accept', PopupScene: '0' },
});
const POPUP_XML = '<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[oUser1]]></FromUserName><CreateTime>1760000001</CreateTime>'
  + '<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List><TemplateId><![CDATA[TPL]]></TemplateId>'
  + '<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>0</PopupScene></List></SubscribeMsgPopupEvent></xml>';

function make(http: PlatformHttp, callbackMode: CallbackMode, appId = 'wxdemo'): ChannelAdapter {
  return wechatMiniProgram({
    http, apiBase: 'http://platform.invalid', clock: () => NOW, callbackMaxAgeSeconds: 300,
    channel: { id: 'c1', appId, originalId: 'gh_demo', callbackMode, settings: {} },
    credentials: { appSecret: 'S', callbackToken: TOKEN, encodingAesKey: AES },
  });
}

function stamp(ageSeconds: number): { timestamp: string; nonce: string } {
  return { timestamp: String(NOW.getTime() / 1000 - ageSeconds), nonce: `n${ageSeconds}` };
}

function plain(body: string, ageSeconds = 0): InboundRequest {
  const { timestamp, nonce } = stamp(ageSeconds);
  return { method: 'POST', query: { timestamp, nonce, signature: sign(TOKEN, timestamp, nonce) }, raw: Buffer.from(body) };
}

function sealed(body: string, ageSeconds = 0, appId = 'wxdemo'): InboundRequest {
  const { timestamp, nonce } = stamp(ageSeconds);
  const part = encrypt(openAesKey(AES) ?? Buffer.alloc(0), body, appId);
  const query = { timestamp, nonce, signature: sign(TOKEN, timestamp, nonce), encrypt_type: 'aes', msg_signature: sign(TOKEN, timestamp, nonce, part) };
  const envelope = body.startsWith('<')
    ? `<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><Encrypt><![CDATA[${part}]]></Encrypt></xml>`
    : JSON.stringify({ ToUserName: 'gh_demo', Encrypt: part });
  return { method: 'POST', query, raw: Buffer.from(envelope) };
}

const request: SendRequest = { kind: 'subscription', to: 'oUser1', templateExternalId: 'TPL', data: { thing1: '满减券' }, page: 'pages/offer/index?o=1' };
const answers = {
  sent: '{"errcode":0,"errmsg":"ok","msgid":1864323726461255680}',
  tokenExpired: '{"errcode":42001,"errmsg":"access_token expired rid: 1"}',
  refused: '{"errcode":43101,"errmsg":"user refuse to accept the msg rid: 1"}',
  throttled: '{"errcode":45009,"errmsg":"reach max api daily quota limit rid: 1"}',
  secretWrong: '{"errcode":40125,"errmsg":"invalid appsecret rid: 1"}',
  token: '{"access_token":"T1","expires_in":7200}',
};

for (const [name, mode, body] of [['secure JSON', 'secure', POPUP], ['secure XML', 'secure', POPUP_XML], ['compat JSON', 'compat', POPUP]] as const) {
  describeAdapter(`WeChat mini program, ${name}`, {
    make: (http) => make(http, mode),
    callback: (age) => sealed(body, age),
    tampered: () => ({ ...sealed(body), query: sealed(body).query }), // another ciphertext under this signature
    handshake: () => ({ request: { ...plain('', 0), method: 'GET', query: { ...plain('').query, echostr: '437512' } }, answer: '437512' }),
    request, answers,
  });
}

describe('WeChat mini program, plain mode', () => {
  const adapter = make(playback(''), 'plain');
  it.each([['JSON', POPUP], ['XML', POPUP_XML]])('opens a signed %s body', (_name, body) => expect(adapter.verify(plain(body))).toMatchObject({ outcome: 'event' }));
  it('refuses a wrong signature and a stale one', () => {
    const good = plain(POPUP);
    expect(adapter.verify({ ...good, query: { ...good.query, nonce: 'other' } })).toEqual({ outcome: 'refused', reason: 'bad_signature' });
    expect(adapter.verify(plain(POPUP, 301))).toEqual({ outcome: 'refused', reason: 'stale' });
  });
});

describe('WeChat mini program, secure mode', () => {
  const adapter = make(playback(''), 'secure');
  it('does not take a plain body, however well signed', () => expect(adapter.verify(plain(POPUP))).toEqual({ outcome: 'refused', reason: 'malformed' }));
  it('does not take an event sealed for another app', () =>
    expect(adapter.verify(sealed(POPUP, 0, 'wxother'))).toEqual({ outcome: 'refused', reason: 'wrong_receiver' }));
  it('does not take an event of another account', () =>
    expect(adapter.verify(sealed(POPUP.replace('gh_demo', 'gh_other')))).toEqual({ outcome: 'refused', reason: 'wrong_receiver' }));
});

describe('WeChat mini program, requests', () => {
  it('sends a subscription message as documented', async () => {
    const http = playback(answers.sent);
    expect(await make(http, 'secure').send(request, 'TOKEN')).toEqual({ outcome: 'accepted', platformId: '1864323726461255680' });
    expect(http.asked[0]).toMatchObject({ method: 'POST', url: 'http://platform.invalid/cgi-bin/message/subscribe/send?access_token=TOKEN' });
    expect(http.asked[0]?.json).toEqual({
      touser: 'oUser1', template_id: 'TPL', miniprogram_state: 'formal', lang: 'zh_CN', page: 'pages/offer/index?o=1', data: { thing1: { value: '满减券' } },
    });
  });
  it('sends a service-window message', async () => {
    const http = playback('{"errcode":0,"errmsg":"ok"}');
    await make(http, 'secure').send({ kind: 'window', to: 'oUser1', content: { type: 'text', text: '你好' } }, 'TOKEN');
    expect(http.asked[0]?.url).toContain('/cgi-bin/message/custom/send?access_token=TOKEN');
    expect(http.asked[0]?.json).toEqual({ touser: 'oUser1', msgtype: 'text', text: { content: '你好' } });
  });
  it('exchanges a login code, with and without unionid', async () => {
    const session = await make(playback('{"openid":"o1","session_key":"k","unionid":"u1"}'), 'secure').exchangeCode('c');
    expect(session).toEqual({ ok: true, value: { externalId: 'o1', unionId: 'u1', sessionKey: 'k' } });
    expect(await make(playback('{"errcode":40163,"errmsg":"code been used"}'), 'secure').exchangeCode('c')).toMatchObject({ ok: false, problem: 'code_used' });
  });
  it('lists templates with their fields', async () => {
    const data = [{ priTmplId: 'TPL', title: '到期提醒', content: '券:{{thing1.DATA}}\n时间:{{time2.DATA}}\n', example: '券:咖啡券\n', type: 2 }];
    expect(await make(playback(JSON.stringify({ errcode: 0, data })), 'secure').listTemplates('T')).toMatchObject({
      ok: true, value: [{ externalId: 'TPL', kind: 'one_time', fields: [{ key: 'thing1' }, { key: 'time2' }] }],
    });
  });
});
