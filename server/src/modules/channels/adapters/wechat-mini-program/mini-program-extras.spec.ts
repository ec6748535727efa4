import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { playback } from '../../adapter.contract.js';
import type { PlatformHttp } from '../../adapter.js';
import { isScene } from './entry-addresses.client.js';
import { MiniProgram, miniProgramOf } from './wechat.adapter.js';

const NOW = new Date('2026-11-24T08:00:00Z');
const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');
const make = (http: PlatformHttp): MiniProgram =>
  new MiniProgram({
    http, apiBase: 'http://platform.invalid', clock: () => NOW, callbackMaxAgeSeconds: 300,
    channel: { id: 'c1', appId: 'wxdemo', originalId: 'gh_demo', callbackMode: 'secure', settings: {} },
    credentials: { appSecret: 'S', callbackToken: 'T', encodingAesKey: '' },
  });
const page = { path: 'pages/offer/index', query: 'e=abcdefgh' };

describe('ways into the mini program', () => {
  it('a URL Scheme of thirty days', async () => {
    const http = playback('{"errcode":0,"errmsg":"ok","openlink":"weixin://dl/business/?t=TICKET"}');
    expect(await make(http).addresses.scheme(page, 'T')).toEqual({ ok: true, value: 'weixin://dl/business/?t=TICKET' });
    expect(http.asked[0]).toMatchObject({
      url: 'http://platform.invalid/wxa/generatescheme?access_token=T', json: { jump_wxa: { ...page, env_version: 'release' }, is_expire: true, expire_type: 1, expire_interval: 30 },
    });
  });
  it('a URL Link, and a Short Link whose title is cut to what is allowed', async () => {
    expect(await make(playback('{"errcode":0,"url_link":"https://wxaurl.cn/XXXX"}')).addresses.urlLink(page, 'T')).toEqual({ ok: true, value: 'https://wxaurl.cn/XXXX' });
    const http = playback('{"errcode":0,"link":"#小程序://店铺/XXXX"}');
    await make(http).addresses.shortLink(page, '标'.repeat(30), 'T');
    expect(http.asked[0]?.json).toEqual({ page_url: 'pages/offer/index?e=abcdefgh', page_title: '标'.repeat(20), is_permanent: false });
  });
  it('a code: a picture, or a refusal as JSON', async () => {
    const drawn: PlatformHttp = { exchange: () => Promise.resolve({ status: 200, text: PNG.toString(), bytes: PNG }) };
    expect(await make(drawn).addresses.code({ scene: 'e=abcdefgh', page: page.path, width: 430 }, 'T')).toEqual({ ok: true, value: PNG });
    const refused = '{"errcode":41030,"errmsg":"invalid page rid: 1"}';
    const no: PlatformHttp = { exchange: () => Promise.resolve({ status: 200, text: refused, bytes: Buffer.from(refused) }) };
    expect(await make(no).addresses.code({ scene: 'e=a', page: page.path, width: 430 }, 'T')).toMatchObject({ ok: false, problem: 'page_missing', code: 41030 });
  });
  it.each([['e=abcdefgh', true], ['', false], ['x'.repeat(32), true], ['x'.repeat(33), false], ['a%20b', false], ['中文', false]])('scene %s: %s', (scene, fits) => expect(isScene(scene)).toBe(fits));
});

describe('what a person hands over', () => {
  it('a phone number, whose country code comes as a number or as text', async () => {
    const answer = (code: unknown): string => JSON.stringify({ errcode: 0, phone_info: { phoneNumber: '+8613800000000', purePhoneNumber: '13800000000', countryCode: code } });
    for (const code of ['86', 86]) expect(await make(playback(answer(code))).personal.phone('c', 'T')).toEqual({ ok: true, value: { number: '13800000000', countryCode: '86' } });
  });

  const sessionKey = Buffer.alloc(16, 1).toString('base64');
  const iv = Buffer.alloc(16, 2).toString('base64');
  function sealed(appid: string, at: Date): string {
    const cipher = createCipheriv('aes-128-cbc', Buffer.alloc(16, 1), Buffer.alloc(16, 2));
    return Buffer.concat([cipher.update(JSON.stringify({ nickName: '小王', watermark: { appid, timestamp: at.getTime() / 1000 } })), cipher.final()]).toString('base64');
  }
  const open = (encryptedData: string): unknown => make(playback('')).personal.open({ sessionKey, iv, encryptedData });
  it('sealed data of this app and of just now', () => expect(open(sealed('wxdemo', NOW))).toMatchObject({ nickName: '小王' }));
  it.each([['of another app', sealed('wxother', NOW)], ['of an hour ago', sealed('wxdemo', new Date('2026-11-24T07:00:00Z'))], ['that is rubbish', 'AAAA']])('nothing %s', (_name, data) =>
    expect(open(data)).toBeUndefined());
});

it('a mini program is found as one, another account is not', () => {
  const adapter = make(playback(''));
  expect(miniProgramOf(adapter)).toBe(adapter);
  expect(miniProgramOf({ ...adapter } as never)).toBeUndefined();
});
