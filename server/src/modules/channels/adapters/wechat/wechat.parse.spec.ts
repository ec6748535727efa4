import { describe, expect, it } from 'vitest';
import { PayloadError } from '../../adapter.js';
import type { CallbackFormat } from '../../adapter.js';
import { formatOf, parseWideJson, readBody } from './wechat.body.js';
import { fieldsOf } from './wechat.fields.js';
import { dedupKeyOf, parseCallback } from './wechat.parse.js';

const HEAD = '<ToUserName><![CDATA[gh_demo]]></ToUserName><FromUserName><![CDATA[oUser1]]></FromUserName><CreateTime>1760000001</CreateTime>';
const event = (name: string, rest: string): string => `<xml>${HEAD}<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${name}]]></Event>${rest}</xml>`;
const jsonEvent = (name: string, rest: object): string =>
  JSON.stringify({ ToUserName: 'gh_demo', FromUserName: 'oUser1', CreateTime: '1760000001', MsgType: 'event', Event: name, ...rest });

const entry = (id: string, status: string, scene: unknown = '0'): object => ({ TemplateId: id, SubscribeStatusString: status, PopupScene: scene });
const xmlEntry = (id: string, status: string): string =>
  `<List><TemplateId><![CDATA[${id}]]></TemplateId><SubscribeStatusString><![CDATA[${status}]]></SubscribeStatusString><PopupScene>0</PopupScene></List>`;

const popupXml = (list: string): string => event('subscribe_msg_popup_event', `<SubscribeMsgPopupEvent>${list}</SubscribeMsgPopupEvent>`);
const accepted = {
  type: 'subscription.answered', externalId: 'oUser1', at: '2025-10-09T08:53:21.000Z', templateExternalId: 'TPL_A', status: 'accept', popupScene: 0,
  dedupKey: 'subscribe_msg_popup_event|oUser1|1760000001|TPL_A',
};
const refused = { ...accepted, templateExternalId: 'TPL_B', status: 'reject', dedupKey: 'subscribe_msg_popup_event|oUser1|1760000001|TPL_B' };

describe('prompt answers, in the four documented shapes', () => {
  it.each<[string, string, CallbackFormat, object[]]>([
    ['XML, one', popupXml(xmlEntry('TPL_A', 'accept')), 'xml', [accepted]],
    ['XML, two', popupXml(xmlEntry('TPL_A', 'accept') + xmlEntry('TPL_B', 'reject')), 'xml', [accepted, refused]],
    ['JSON object, scene as text', jsonEvent('subscribe_msg_popup_event', { List: entry('TPL_A', 'accept') }), 'json', [accepted]],
    ['JSON array, scene as number', jsonEvent('subscribe_msg_popup_event', { List: [entry('TPL_A', 'accept', 0), entry('TPL_B', 'reject', 0)] }), 'json', [accepted, refused]],
    ['XML in some other wrapper', event('subscribe_msg_popup_event', `<Odd>${xmlEntry('TPL_A', 'accept')}</Odd>`), 'xml', [accepted]],
  ])('%s', (_name, payload, format, events) => expect(parseCallback(payload, format)).toEqual(events));

  it.each([['acceptWithAudio', 'accept'], ['acceptWithForcePush', 'accept'], ['ban', 'ban'], ['reject', 'reject'], ['filter', 'reject']])('%s counts as %s', (word, status) =>
    expect(parseCallback(jsonEvent('subscribe_msg_popup_event', { List: entry('T', word) }), 'json')[0]).toMatchObject({ status }));
});

describe('other events', () => {
  it('reads the result of a send, with its 64-bit id intact', () => {
    const expected = { type: 'subscription.sent', platformId: '1864323726461255680', status: 'failed', code: 43101, detail: 'refuse' };
    const list = { TemplateId: 'TPL_A', MsgID: '1864323726461255680', ErrorCode: '43101', ErrorStatus: 'refuse' };
    const asNumber = jsonEvent('subscribe_msg_sent_event', { List: list }).replace('"1864323726461255680"', '1864323726461255680');
    expect(parseCallback(jsonEvent('subscribe_msg_sent_event', { List: list }), 'json')[0]).toMatchObject(expected);
    expect(parseCallback(asNumber, 'json')[0]).toMatchObject(expected);
    const xmlList = '<List><TemplateId>TPL_A</TemplateId><MsgID>1864323726461255680</MsgID><ErrorCode>43101</ErrorCode><ErrorStatus><![CDATA[refuse]]></ErrorStatus></List>';
    expect(parseCallback(event('subscribe_msg_sent_event', `<SubscribeMsgSentEvent>${xmlList}</SubscribeMsgSentEvent>`), 'xml')[0]).toMatchObject(expected);
  });

  it('reads a switched-off template, an opened session, a withdrawn authorisation', () => {
    expect(parseCallback(jsonEvent('subscribe_msg_change_event', { List: { TemplateId: 'T', SubscribeStatusString: 'reject' } }), 'json')[0])
      .toMatchObject({ type: 'subscription.changed', status: 'reject' });
    expect(parseCallback(jsonEvent('user_enter_tempsession', { SessionFrom: 'shop=12&src=coupon' }), 'json')[0])
      .toMatchObject({ type: 'customer.entered', sessionFrom: 'shop=12&src=coupon' });
    expect(parseCallback(jsonEvent('user_authorization_revoke', { OpenID: 'oUser9', RevokeInfo: '8' }), 'json')[0])
      .toMatchObject({ type: 'authorization.revoked', externalId: 'oUser9', how: 'revoked', detail: '8' });
    expect(parseCallback(jsonEvent('brand_new_event', {}), 'json')[0]).toMatchObject({ type: 'platform.other', name: 'brand_new_event' });
  });

  it('reads a customer message the same in both formats, entities and 64-bit ids kept', () => {
    const xml = `<xml>${HEAD}<MsgType>text</MsgType><Content><![CDATA[<b>&lt;好&gt;</b>]]></Content><MsgId>7283946501234567891</MsgId></xml>`;
    const json = `{"ToUserName":"gh_demo","FromUserName":"oUser1","CreateTime":1760000001,"MsgType":"text","Content":"<b>&lt;好&gt;</b>","MsgId":7283946501234567891}`;
    const expected = { type: 'customer.wrote', kind: 'text', text: '<b>&lt;好&gt;</b>', msgId: '7283946501234567891', dedupKey: 'm:7283946501234567891' };
    expect(parseCallback(xml, 'xml')[0]).toMatchObject(expected);
    expect(parseCallback(json, 'json')[0]).toMatchObject(expected);
    expect(parseCallback(xml.replace('<![CDATA[<b>&lt;好&gt;</b>]]>', 'a &amp;lt; b'), 'xml')[0]).toMatchObject({ text: 'a &lt; b' });
  });
});

describe('de-duplication keys', () => {
  const key = (payload: string): string => dedupKeyOf(readBody(payload, formatOf(payload)));

  it('is the message id for messages', () => {
    expect(key('{"FromUserName":"o","CreateTime":1,"MsgType":"text","MsgId":7283946501234567891}')).toBe('m:7283946501234567891');
  });

  it('tells two events of the same second apart, and one event from itself never', () => {
    const one = jsonEvent('subscribe_msg_popup_event', { List: entry('TPL_A', 'accept') });
    const other = jsonEvent('subscribe_msg_popup_event', { List: entry('TPL_B', 'accept') });
    expect(key(one)).toBe(key(one));
    expect(key(one)).not.toBe(key(other));
  });
});

describe('hostile and broken bodies', () => {
  it.each<[string, string, CallbackFormat]>([
    ['a document type', '<!DOCTYPE xml [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>', 'xml'],
    ['XML that does not close', '<xml><MsgType>text', 'xml'],
    ['XML nested 5,000 deep', `<xml>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</xml>`, 'xml'],
    ['no root', '<other/>', 'xml'],
    ['JSON nested 200 deep', `{"a":${'['.repeat(200)}${']'.repeat(200)}}`, 'json'],
    ['a JSON array', '[]', 'json'],
    ['cut JSON', '{"a":', 'json'],
    ['no sender', '{"MsgType":"text","CreateTime":1}', 'json'],
    ['a time that is no number', '{"MsgType":"text","FromUserName":"o","CreateTime":"soon"}', 'json'],
    ['a prompt without a list', jsonEvent('subscribe_msg_popup_event', {}), 'json'],
    ['2 MB', JSON.stringify({ a: 'x'.repeat(2_000_000) }), 'json'],
  ])('%s is a payload error', (_name, payload, format) => expect(() => parseCallback(payload, format)).toThrow(PayloadError));

  it('keeps small numbers and texts that look like numbers as they are', () => {
    expect(parseWideJson('{"a":12345678901234567890,"b":1.5,"c":"12345678901234567890","d":3}')).toEqual({ a: '12345678901234567890', b: 1.5, c: '12345678901234567890', d: 3 });
    expect(parseWideJson(String.raw`{"say \"1234567890123456789\" x":[1234567890123456789],"f":1234567890123456.5,"e":1234567890123456e2}`)).toEqual({
      'say "1234567890123456789" x': ['1234567890123456789'], f: 1234567890123456.5, e: 1234567890123456e2,
    });
  });
});

describe('text that no database takes', () => {
  const body = (content: string) => `{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1700000000,"MsgType":"text","MsgId":"1","Content":"${content}"}`;
  it.each([['a NUL', String.raw`a\u0000b`, 'ab'], ['half a surrogate pair', String.raw`a\ud83d`, 'a\ufffd']])('%s is made harmless', (_name, written, read) =>
    expect(parseCallback(body(written), 'json')).toMatchObject([{ type: 'customer.wrote', text: read }]));
  it('a bare NUL in the body is a payload error', () => expect(() => parseCallback('<xml><MsgType>text\0</MsgType></xml>', 'xml')).toThrow(PayloadError));
});

describe('template text', () => {
  it('gives fields in order with their types, labels and options', () => {
    const content = '商品:{{thing1.DATA}}\n到期时间：{{time12.DATA}}\n状态:{{enum_string3.DATA}}\n备注 {{hologram4.DATA}}\n';
    expect(fieldsOf(content, [{ keywordCode: 'enum_string3.DATA', enumValueList: ['有效', '失效'] }])).toEqual([
      { key: 'thing1', type: 'thing', label: '商品' },
      { key: 'time12', type: 'time', label: '到期时间' },
      { key: 'enum_string3', type: 'enum_string', label: '状态', options: ['有效', '失效'] },
      { key: 'hologram4', type: 'thing', label: '备注' },
    ]);
  });
});
