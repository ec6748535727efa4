// A callback's body in our words: one body may hold several events (one per template of a prompt).
import { createHash } from 'node:crypto';
import { PayloadError } from '../../adapter.js';
import type { CallbackFormat, ChannelEvent, SubscriptionStatus } from '../../adapter.js';
import { listOf, isBody, readBody, textOf } from './wechat.body.js';
import type { Body } from './wechat.body.js';

/** What only one kind of account says; undefined when the event is none of its own. `key` makes an event's de-duplication key. */
export type OwnEvents = (body: Body, head: Head, key: (...parts: string[]) => string) => ChannelEvent[] | undefined;

/** @throws PayloadError when the body is malformed or lacks sender, type or time. */
export function parseCallback(payload: string, format: CallbackFormat, own: OwnEvents = () => undefined): ChannelEvent[] {
  const body = readBody(payload, format);
  const head = headOf(body);
  if (textOf(body, 'MsgType') !== 'event') return [parseMessage(body, head)];
  const key = (...parts: string[]): string => [textOf(body, 'Event'), head.externalId, head.second, ...parts].join('|');
  return own(body, head, key) ?? parseEvent(body, head, key);
}

/**
 * The same for every delivery of one thing, across nonces and ciphertexts: MsgId for messages; for events, which have
 * none, a hash of the whole body, which tells two events of one second apart. @throws PayloadError
 */
export function dedupKeyOf(body: Body): string {
  headOf(body);
  const msgId = textOf(body, 'MsgId');
  if (msgId !== '' && textOf(body, 'MsgType') !== 'event') return `m:${msgId}`;
  return `e:${createHash('sha1').update(stable(body)).digest('base64url')}`;
}

export interface Head {
  externalId: string;
  at: string;
  second: string;
}

function headOf(body: Body): Head {
  const second = textOf(body, 'CreateTime');
  if (textOf(body, 'MsgType') === '' || !/^\d{1,12}$/u.test(second)) throw new PayloadError('no MsgType or CreateTime');
  const externalId = textOf(body, 'FromUserName') || textOf(body, 'OpenID');
  if (externalId === '') throw new PayloadError('no sender');
  return { externalId, second, at: new Date(Number(second) * 1000).toISOString() };
}

function parseMessage(body: Body, { externalId, at, second }: Head): ChannelEvent {
  const msgId = textOf(body, 'MsgId') || `${externalId}|${second}`;
  const kind = textOf(body, 'MsgType');
  const text = kind === 'text' ? textOf(body, 'Content') : textOf(body, 'Title');
  return { type: 'customer.wrote', externalId, at, dedupKey: `m:${msgId}`, msgId, kind, text };
}

function parseEvent(body: Body, head: Head, key: (...parts: string[]) => string): ChannelEvent[] {
  const name = textOf(body, 'Event');
  const base = { externalId: head.externalId, at: head.at };
  switch (name) {
    case 'subscribe_msg_popup_event':
      return entriesOf(body).map((entry) => ({
        type: 'subscription.answered', ...base, ...answerOf(entry), ...sceneOf(entry), dedupKey: key(textOf(entry, 'TemplateId')),
      }));
    case 'subscribe_msg_change_event':
      return entriesOf(body).map((entry) => ({
        type: 'subscription.changed', ...base, ...answerOf(entry), dedupKey: key(textOf(entry, 'TemplateId')),
      }));
    case 'subscribe_msg_sent_event':
      return entriesOf(body).map((entry) => ({ type: 'subscription.sent', ...base, ...sentOf(entry), dedupKey: key(textOf(entry, 'TemplateId'), textOf(entry, 'MsgID')) }));
    case 'user_enter_tempsession':
      return [{ type: 'customer.entered', ...base, sessionFrom: textOf(body, 'SessionFrom'), dedupKey: key() }];
    case 'user_authorization_revoke':
    case 'user_authorization_cancellation':
      return [{
        type: 'authorization.revoked', ...base,
        // These events name the person in OpenID; FromUserName may be the account.
        externalId: textOf(body, 'OpenID') || head.externalId,
        how: name === 'user_authorization_revoke' ? 'revoked' : 'cancelled',
        detail: textOf(body, 'RevokeInfo'), dedupKey: key(textOf(body, 'OpenID'), textOf(body, 'RevokeInfo')),
      }];
    default:
      return [{ type: 'platform.other', ...base, name, dedupKey: key() }];
  }
}

/** The `List` entries: bare in JSON, in any one wrapper element in XML; one object or several. */
function entriesOf(body: Body): Body[] {
  const bare = listOf(body['List']);
  const found = bare.length > 0 ? bare : Object.values(body).flatMap((value) => (isBody(value) ? listOf(value['List']) : []));
  const usable = found.filter((entry) => textOf(entry, 'TemplateId') !== '');
  if (usable.length === 0) throw new PayloadError('no template in the list');
  return usable;
}

function answerOf(entry: Body): { templateExternalId: string; status: SubscriptionStatus } {
  return { templateExternalId: textOf(entry, 'TemplateId'), status: statusOf(textOf(entry, 'SubscribeStatusString')) };
}

/** Every `accept…` counts as accept; whatever is neither accept nor ban earns nothing. */
function statusOf(text: string): SubscriptionStatus {
  if (/^accept/iu.test(text)) return 'accept';
  return text.toLowerCase() === 'ban' ? 'ban' : 'reject';
}

function sceneOf(entry: Body): { popupScene?: number } {
  const scene = textOf(entry, 'PopupScene');
  return /^\d{1,6}$/u.test(scene) ? { popupScene: Number(scene) } : {};
}

function sentOf(entry: Body): { templateExternalId: string; platformId: string; status: 'delivered' | 'failed'; code: number; detail: string } {
  const code = Number(textOf(entry, 'ErrorCode') || '0');
  return {
    templateExternalId: textOf(entry, 'TemplateId'),
    platformId: textOf(entry, 'MsgID'),
    status: code === 0 ? 'delivered' : 'failed',
    code: Number.isFinite(code) ? code : -1,
    detail: textOf(entry, 'ErrorStatus'),
  };
}

/** One text per body whatever the order of its fields. */
function stable(value: Body[string]): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  return `{${Object.keys(value).sort().map((key) => `${key}:${stable(value[key] ?? '')}`).join(',')}}`;
}
