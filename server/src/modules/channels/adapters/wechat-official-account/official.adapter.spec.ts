import { describe, expect, it } from 'vitest';
import { describeAdapter, playback } from '../../adapter.contract.js';
import type { InboundRequest, PlatformHttp, PostSend, SendRequest } from '../../adapter.js';
import { encrypt, openAesKey, sign } from '../wechat/wechat.crypto.js';
import { OfficialAccount, officialOf, wechatOfficialAccount } from './official.adapter.js';

const TOKEN = 'demoToken1';
const AES = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const NOW = new Date('2026-11-24T08:00:00Z');
const FOLLOW = '<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[oUser1]]></FromUserName><CreateTime>1760000000</CreateTime>'
  + '<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_store-0007]]></EventKey><Ticket><![CDATA[gQTICKET]]></Ticket></xml>';

const make = (http: PlatformHttp): OfficialAccount =>
  new OfficialAccount({
    http, apiBase: 'http://platform.invalid', clock: () => NOW, callbackMaxAgeSeconds: 300,
    channel: { id: 'c1', appId: 'wxdemo', originalId: 'gh_demo', callbackMode: 'secure', settings: { accountType: 'service' } },
    credentials: { appSecret: 'S', callbackToken: TOKEN, encodingAesKey: AES },
  });

function sealed(body: string, ageSeconds = 0): InboundRequest {
  const [timestamp, nonce] = [String(NOW.getTime() / 1000 - ageSeconds), `n${ageSeconds}`];
  const part = encrypt(openAesKey(AES) ?? Buffer.alloc(0), body, 'wxdemo');
  const query = { timestamp, nonce, signature: sign(TOKEN, timestamp, nonce), openid: 'oUser1', encrypt_type: 'aes', msg_signature: sign(TOKEN, timestamp, nonce, part) };
  return { method: 'POST', query, raw: Buffer.from(`<xml><ToUserName><![CDATA[gh_demo]]></ToUserName><Encrypt><![CDATA[${part}]]></Encrypt></xml>`) };
}

function handshake(): { request: InboundRequest; answer: string } {
  const timestamp = String(NOW.getTime() / 1000);
  return { request: { method: 'GET', query: { timestamp, nonce: 'n', signature: sign(TOKEN, timestamp, 'n'), echostr: '437512' }, raw: Buffer.alloc(0) }, answer: '437512' };
}

const answers = {
  sent: '{"errcode":0,"errmsg":"ok","msgid":1864323726461255680}',
  tokenExpired: '{"errcode":42001,"errmsg":"access_token expired rid: 1"}',
  refused: '{"errcode":43004,"errmsg":"require subscribe rid: 1"}',
  throttled: '{"errcode":45009,"errmsg":"reach max api daily quota limit rid: 1"}',
  secretWrong: '{"errcode":40125,"errmsg":"invalid appsecret rid: 1"}',
  token: '{"access_token":"T1","expires_in":7200}',
};

const requests: Record<string, SendRequest> = {
  template: { kind: 'template', to: 'oFan1', templateExternalId: 'TPL', data: { thing1: '积分变动' }, url: 'https://m.example.com/o/1', miniProgram: { appId: 'wxMP', page: 'pages/o?id=1' }, clientId: 'req-1' },
  subscription: { kind: 'subscription', to: 'oFan1', templateExternalId: 'TPL', data: { thing8: '到期提醒' }, page: 'https://m.example.com/c/9' },
  window: { kind: 'window', to: 'oFan1', content: { type: 'link', title: '题', description: '述', url: 'https://m.example.com', thumbUrl: 'https://m.example.com/a.jpg' } },
};

for (const [name, request] of Object.entries(requests)) {
  describeAdapter(`WeChat official account, ${name}`, { make, callback: (age) => sealed(FOLLOW, age), tampered: () => ({ ...sealed(FOLLOW), query: sealed(FOLLOW).query }), handshake, request, answers });
}

describe('WeChat official account, sends', () => {
  const asked = async (request: SendRequest): Promise<{ url: string; json?: unknown }> => {
    const http = playback(answers.sent);
    await make(http).send(request, 'T');
    return http.asked[0] ?? { url: '' };
  };
  it('a template message, with address and mini program', async () => {
    const { url, json } = await asked(requests['template']!);
    expect(url).toBe('http://platform.invalid/cgi-bin/message/template/send?access_token=T');
    expect(json).toEqual({
      touser: 'oFan1', template_id: 'TPL', url: 'https://m.example.com/o/1', miniprogram: { appid: 'wxMP', pagepath: 'pages/o?id=1' }, client_msg_id: 'req-1', data: { thing1: { value: '积分变动' } },
    });
  });
  it('a subscription notice without the fields that the documentation contradicts itself on', async () => {
    const { url, json } = await asked(requests['subscription']!);
    expect(url).toContain('/cgi-bin/message/subscribe/bizsend?');
    expect(json).toEqual({ touser: 'oFan1', template_id: 'TPL', page: 'https://m.example.com/c/9', data: { thing8: { value: '到期提醒' } } });
  });
  it('a link as the one article of a news message', async () => {
    expect((await asked(requests['window']!)).json).toEqual({
      touser: 'oFan1', msgtype: 'news', news: { articles: [{ title: '题', description: '述', url: 'https://m.example.com', picurl: 'https://m.example.com/a.jpg' }] },
    });
  });
  it('is what officialOf finds', () => {
    const adapter = make(playback(''));
    expect(officialOf(adapter)).toBe(adapter);
    expect(officialOf(wechatOfficialAccount(adapter.input))).toBeInstanceOf(OfficialAccount);
  });
});

describe('WeChat official account, posts', () => {
  const post = (to: PostSend['to']): PostSend => ({ to, content: { type: 'article', mediaId: 'M' }, clientMsgId: 'camp-42-1' });
  const sent = '{"errcode":0,"errmsg":"ok","msg_id":3147483660,"msg_data_id":206227730}';
  it.each([
    [{ people: ['o1', 'o2'] }, '/cgi-bin/message/mass/send', { touser: ['o1', 'o2'] }],
    [{ tagId: 134 }, '/cgi-bin/message/mass/sendall', { filter: { is_to_all: false, tag_id: 134 } }],
    [{ everyone: true as const }, '/cgi-bin/message/mass/sendall', { filter: { is_to_all: true } }],
  ])('to %j', async (to, path, reach) => {
    const http = playback(sent);
    expect(await make(http).postToMany(post(to), 'T')).toEqual({ outcome: 'accepted', platformId: '3147483660' });
    expect(http.asked[0]?.url).toBe(`http://platform.invalid${path}?access_token=T`);
    expect(http.asked[0]?.json).toEqual({ ...reach, msgtype: 'mpnews', mpnews: { media_id: 'M' }, send_ignore_reprint: 0, clientmsgid: 'camp-42-1' });
  });
  it('takes "done already" for done, with the id of the first time', async () => {
    const http = playback('{"errcode":45065,"errmsg":"clientmsgid exist","msg_id":3147483660}');
    expect(await make(http).postToMany(post({ tagId: 1 }), 'T')).toEqual({ outcome: 'accepted', platformId: '3147483660' });
  });
  it('reads the state of a post whose finish was lost', async () => {
    expect(await make(playback('{"msg_id":1,"msg_status":"SEND_SUCCESS"}')).posts.state('1', 'T')).toEqual({ ok: true, value: 'sent' });
  });
});

describe('WeChat official account, templates', () => {
  it('lists template messages although there is no right to subscription templates', async () => {
    const http: PlatformHttp = {
      exchange: ({ url }) => Promise.resolve({
        status: 200, text: url.includes('newtmpl') ? '{"errcode":48001,"errmsg":"api unauthorized"}'
          : JSON.stringify({ template_list: [{ template_id: 'N1', title: '积分变动', content: '变动:{{thing1.DATA}}\n金额:{{amount2.DATA}}\n', example: '变动:消费\n' }] }),
      }),
    };
    expect(await make(http).listTemplates('T')).toMatchObject({ ok: true, value: [{ externalId: 'N1', kind: 'notice', fields: [{ key: 'thing1', label: '变动' }, { key: 'amount2' }] }] });
  });
});

describe('WeChat official account, followers', () => {
  it('reads a page, and the empty last one', async () => {
    expect(await make(playback('{"total":3,"count":2,"data":{"openid":["o1","o2"]},"next_openid":"o2"}')).followers.page('', 'T'))
      .toEqual({ ok: true, value: { total: 3, openids: ['o1', 'o2'], next: 'o2' } });
    expect(await make(playback('{"total":3,"count":0,"next_openid":"o2"}')).followers.page('o2', 'T')).toMatchObject({ ok: true, value: { openids: [], next: '' } });
  });
  it('reads who still follows and who does not', async () => {
    const list = [
      { subscribe: 1, openid: 'o1', subscribe_time: 1760000000, unionid: 'u1', remark: '', groupid: 0, tagid_list: [134], subscribe_scene: 'ADD_SCENE_QR_CODE', qr_scene: 0, qr_scene_str: 'store-0007' },
      { subscribe: 0, openid: 'o2' },
    ];
    const infos = await make(playback(JSON.stringify({ user_info_list: list }))).followers.infos(['o1', 'o2'], 'T');
    expect(infos).toMatchObject({ ok: true, value: [{ openid: 'o1', isFollowing: true, unionId: 'u1', scene: 'store-0007', tagIds: [134] }, { openid: 'o2', isFollowing: false, scene: '' }] });
  });
});

describe('WeChat official account, web login', () => {
  it('builds the address in the documented order', () =>
    expect(make(playback('')).web.address('https://open.example.com', { redirectUri: 'https://m.example.com/p/x?a=1', scope: 'base', state: 'abc123' })).toBe(
      'https://open.example.com/connect/oauth2/authorize?appid=wxdemo&redirect_uri=https%3A%2F%2Fm.example.com%2Fp%2Fx%3Fa%3D1&response_type=code&scope=snsapi_base&state=abc123#wechat_redirect'));
  it('makes nobody of a snapshot page', async () => {
    const answer = '{"access_token":"A","expires_in":7200,"refresh_token":"R","openid":"oX","scope":"snsapi_base","is_snapshotuser":1}';
    expect(await make(playback(answer)).exchangeCode('c')).toMatchObject({ ok: false, kind: 'invalid', problem: 'snapshot_user' });
  });
  it('takes openid and union id', async () => {
    const answer = '{"access_token":"A","expires_in":7200,"refresh_token":"R","openid":"oX","scope":"snsapi_userinfo","unionid":"uX"}';
    expect(await make(playback(answer)).exchangeCode('c')).toEqual({ ok: true, value: { externalId: 'oX', unionId: 'uX', sessionKey: '' } });
  });
});

describe('WeChat official account, menu', () => {
  it('reads what it publishes', async () => {
    const buttons = [
      { name: '优惠', type: '', value: '', children: [{ name: '领券', type: 'click', value: 'GET', children: [] }, { name: '商城', type: 'view', value: 'https://m.example.com', children: [] }] },
      { name: '会员', type: 'miniprogram', value: 'pages/me', appId: 'wxMP', fallbackUrl: 'https://m.example.com/me', children: [] },
    ];
    const http = playback('{"errcode":0}');
    await make(http).menus.publish(buttons, 'T');
    const json = http.asked[0]?.json as { button: unknown };
    expect(json.button).toEqual([
      { name: '优惠', sub_button: [{ name: '领券', type: 'click', key: 'GET' }, { name: '商城', type: 'view', url: 'https://m.example.com' }] },
      { name: '会员', type: 'miniprogram', url: 'https://m.example.com/me', appid: 'wxMP', pagepath: 'pages/me' },
    ]);
    expect(await make(playback(JSON.stringify({ menu: json }))).menus.read('T')).toEqual({ ok: true, value: buttons });
    expect(await make(playback('{"errcode":46003,"errmsg":"menu no exist"}')).menus.read('T')).toEqual({ ok: true, value: [] });
  });
});
