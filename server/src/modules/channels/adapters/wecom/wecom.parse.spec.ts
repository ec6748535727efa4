import { describe, expect, it } from 'vitest';
import { PayloadError } from '../../adapter.js';
import { parseWecom } from './wecom.parse.js';
import { isPlatformProblem } from '@huiliu/shared';
import { knownWecomCodes, wecomFailure, wecomSendOutcome } from './wecom.errors.js';

const event = (name: string, fields: Record<string, string>): string =>
  `<xml><ToUserName><![CDATA[wwCORP]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${name}]]></Event>`
  + `${Object.entries(fields).map(([key, value]) => `<${key}><![CDATA[${value}]]></${key}>`).join('')}</xml>`;
const contact = (ChangeType: string, more: Record<string, string> = {}): string => event('change_external_contact', { ChangeType, UserID: 'zhangsan', ExternalUserID: 'wmX', ...more });
const parse = (xml: string) => parseWecom(xml, 'xml');

describe('WeCom events', () => {
  it.each([
    [contact('add_external_contact', { State: 'ch_0012', WelcomeCode: 'CODE' }), { type: 'contact.added', state: 'ch_0012', welcomeCode: 'CODE', isHalf: false }],
    [contact('add_half_external_contact'), { type: 'contact.added', state: '', welcomeCode: '', isHalf: true }],
    [contact('edit_external_contact'), { type: 'contact.edited' }],
    [contact('del_external_contact', { Source: 'DELETE_BY_TRANSFER' }), { type: 'contact.removed', by: 'employee', source: 'DELETE_BY_TRANSFER' }],
    [contact('del_follow_user'), { type: 'contact.removed', by: 'contact', source: '' }],
    [contact('transfer_fail', { FailReason: 'customer_refused' }), { type: 'contact.transfer_failed', reason: 'customer_refused' }],
  ])('of contacts %#', (xml, wanted) => {
    expect(parse(xml)).toEqual([{ externalId: 'wmX', employee: 'zhangsan', at: '2023-11-14T22:13:20.000Z', dedupKey: expect.stringContaining('zhangsan|wmX') as string, ...wanted }]);
  });
  it.each([
    [event('change_external_tag', { ChangeType: 'create', Id: 'etX', TagType: 'tag' }), { type: 'contact_tags.changed', change: 'created', tagId: 'etX', of: 'tag' }],
    [event('change_external_tag', { ChangeType: 'delete', Id: 'egX', TagType: 'tag_group' }), { change: 'deleted', of: 'group' }],
    [event('change_external_tag', { ChangeType: 'shuffle', Id: '' }), { change: 'shuffled', tagId: '', of: 'group' }],
    [event('change_external_chat', { ChangeType: 'update', ChatId: 'wrX', UpdateDetail: 'add_member' }), { type: 'group.changed', groupId: 'wrX', change: 'updated', detail: 'add_member' }],
    [event('change_external_chat', { ChangeType: 'dismiss', ChatId: 'wrX' }), { change: 'dismissed' }],
    [event('kf_msg_or_event', { Token: 'TK', OpenKfId: 'wk1' }), { type: 'kf.pending', accountId: 'wk1', token: 'TK' }],
    [event('customer_acquisition', { ChangeType: 'balance_low' }), { type: 'platform.other', name: 'customer_acquisition:balance_low' }],
    [contact('msg_audit_approved'), { type: 'platform.other', name: 'change_external_contact:msg_audit_approved' }],
  ])('of other things %#', (xml, wanted) => {
    expect(parse(xml)).toMatchObject([{ externalId: '', ...wanted }]);
  });
  it('reads the form that a provider gets', () => {
    const xml = '<xml><SuiteId>s</SuiteId><AuthCorpId>wwCORP</AuthCorpId><InfoType>change_external_contact</InfoType><TimeStamp>1700000000</TimeStamp><ChangeType>del_follow_user</ChangeType><UserID>a</UserID><ExternalUserID>wmX</ExternalUserID></xml>';
    expect(parse(xml)).toMatchObject([{ type: 'contact.removed', by: 'contact', employee: 'a', externalId: 'wmX' }]);
  });
  it('takes an employee’s message for no customer’s', () => {
    expect(parse('<xml><ToUserName>ww</ToUserName><FromUserName>zhangsan</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId></xml>')).toMatchObject([{ type: 'platform.other', externalId: '', name: 'text' }]);
  });
  it('wants a time', () => expect(() => parse('<xml><Event>x</Event></xml>')).toThrow(PayloadError));
});

describe('WeCom errcodes', () => {
  it('each has sentences of ours', () => {
    expect(knownWecomCodes().length).toBeGreaterThan(150);
    for (const code of knownWecomCodes()) expect(isPlatformProblem(wecomFailure(code, '').problem), `${code}`).toBe(true);
  });
  it('one that nobody knows is neither repeated nor hidden', () => {
    expect(wecomSendOutcome(999_999, 'strange')).toEqual({ outcome: 'upstream', mayHaveBeenSent: false, problem: 'unknown', code: 999_999, detail: 'strange' });
  });
});
