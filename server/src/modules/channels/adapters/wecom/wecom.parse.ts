// A WeCom callback in our words. What an app is told and what a provider's suite is told of the same thing differ only in their heads.
import { PayloadError } from '../../adapter.js';
import type { CallbackFormat, ChannelEvent } from '../../adapter.js';
import { readBody, textOf, type Body } from '../wechat/wechat.body.js';

interface Base {
  externalId: string;
  at: string;
  dedupKey: string;
}

/** @throws PayloadError when the body is malformed or lacks its time */
export function parseWecom(payload: string, format: CallbackFormat): ChannelEvent[] {
  const body = readBody(payload, format);
  const name = textOf(body, 'Event') || textOf(body, 'InfoType');
  const second = textOf(body, 'CreateTime') || textOf(body, 'TimeStamp');
  if (!/^\d{1,12}$/u.test(second)) throw new PayloadError('no CreateTime');
  const base: Base = { externalId: '', at: new Date(Number(second) * 1000).toISOString(), dedupKey: keyOf(body, name, second) };
  switch (name) {
    case 'change_external_contact':
      return [contactEvent(body, { ...base, externalId: textOf(body, 'ExternalUserID') })];
    case 'change_external_tag':
      return [tagEvent(body, base)];
    case 'change_external_chat':
      return [groupEvent(body, base)];
    case 'kf_msg_or_event':
      return [{ ...base, type: 'kf.pending', accountId: textOf(body, 'OpenKfId'), token: textOf(body, 'Token') }];
    default:
      return [other(body, base, name)];
  }
}

/** No event id is delivered: what happened, to whom and when has to do. */
function keyOf(body: Body, name: string, second: string): string {
  const parts = ['ChangeType', 'UserID', 'ExternalUserID', 'ChatId', 'Id', 'LinkId', 'UpdateDetail', 'CurMemVer', 'Token', 'WelcomeCode', 'MsgId'].map((field) => textOf(body, field));
  return [name || textOf(body, 'MsgType'), second, ...parts.filter((part) => part !== '')].join('|');
}

function contactEvent(body: Body, base: Base): ChannelEvent {
  const employee = textOf(body, 'UserID');
  const change = textOf(body, 'ChangeType');
  if (base.externalId === '' || employee === '') return other(body, base, 'change_external_contact');
  switch (change) {
    case 'add_external_contact':
    case 'add_half_external_contact':
      return { ...base, type: 'contact.added', employee, state: textOf(body, 'State'), welcomeCode: textOf(body, 'WelcomeCode'), isHalf: change === 'add_half_external_contact' };
    case 'edit_external_contact':
      return { ...base, type: 'contact.edited', employee };
    case 'del_external_contact':
      return { ...base, type: 'contact.removed', employee, by: 'employee', source: textOf(body, 'Source') };
    case 'del_follow_user':
      return { ...base, type: 'contact.removed', employee, by: 'contact', source: textOf(body, 'Source') };
    case 'transfer_fail':
      return { ...base, type: 'contact.transfer_failed', employee, reason: textOf(body, 'FailReason') };
    default:
      return other(body, base, 'change_external_contact');
  }
}

const TAG_CHANGES = { create: 'created', update: 'updated', delete: 'deleted', shuffle: 'shuffled' } as const;

function tagEvent(body: Body, base: Base): ChannelEvent {
  const change = textOf(body, 'ChangeType');
  if (!Object.hasOwn(TAG_CHANGES, change)) return other(body, base, 'change_external_tag');
  // A reordering names the group, or nothing at all.
  const of = textOf(body, 'TagType') === 'tag' ? 'tag' : 'group';
  return { ...base, type: 'contact_tags.changed', change: TAG_CHANGES[change as keyof typeof TAG_CHANGES], tagId: textOf(body, 'Id'), of };
}

const GROUP_CHANGES = { create: 'created', update: 'updated', dismiss: 'dismissed' } as const;

function groupEvent(body: Body, base: Base): ChannelEvent {
  const change = textOf(body, 'ChangeType');
  if (!Object.hasOwn(GROUP_CHANGES, change)) return other(body, base, 'change_external_chat');
  return { ...base, type: 'group.changed', groupId: textOf(body, 'ChatId'), change: GROUP_CHANGES[change as keyof typeof GROUP_CHANGES], detail: textOf(body, 'UpdateDetail') };
}

/** Employees who write to the app are no customers: their messages are noted by name only. */
function other(body: Body, base: Base, name: string): ChannelEvent {
  const change = textOf(body, 'ChangeType');
  return { ...base, externalId: '', type: 'platform.other', name: change === '' ? name || textOf(body, 'MsgType') : `${name}:${change}` };
}
