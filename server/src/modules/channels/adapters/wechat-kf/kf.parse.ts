// A row of WeChat Customer Service's message list in our words. The push itself only says "read on"; it is WeCom's.
import { PayloadError } from '../../adapter.js';
import type { ChannelEvent, RefusalReason } from '../../adapter.js';
import { isBody, parseWideJson, type Body } from '../wechat/wechat.body.js';
import { wordOf } from '../wechat/wechat.client.js';

/** What makes two rows the same: the platform's own id of the message. */
export const rowKey = (row: Body): string => `kf:${wordOf(row['msgid'])}`;

/** @throws PayloadError when the row names no message or no time */
export function parseKfRow(payload: string): ChannelEvent[] {
  const row = read(payload);
  const [msgId, second, kind] = [wordOf(row['msgid']), wordOf(row['send_time']), wordOf(row['msgtype'])];
  if (msgId === '' || !/^\d{1,12}$/u.test(second)) throw new PayloadError('no msgid or send_time');
  const event = kind === 'event' ? partOf(row, 'event') : {};
  const ids = { ...event, ...row };
  const accountId = wordOf(ids['open_kfid']);
  const base = { externalId: wordOf(ids['external_userid']), at: new Date(Number(second) * 1000).toISOString(), dedupKey: rowKey(row) };
  if (kind === 'event') return [eventOf(event, base, accountId)];
  // 5: an employee answered in the client, 4: the platform itself.
  if (Number(row['origin']) !== 3 || base.externalId === '') return [{ ...base, type: 'platform.other', name: `kf_origin_${wordOf(row['origin'])}` }];
  return [{ ...base, type: 'customer.wrote', msgId, kind, text: textOf(row, kind), accountId }];
}

type Base = Pick<ChannelEvent, 'externalId' | 'at' | 'dedupKey'>;

function eventOf(event: Body, base: Base, accountId: string): ChannelEvent {
  const name = wordOf(event['event_type']);
  switch (name) {
    case 'enter_session': {
      const welcomeCode = wordOf(event['welcome_code']);
      const sessionFrom = [wordOf(event['scene']), wordOf(event['scene_param'])].filter((part) => part !== '').join('?');
      return { ...base, type: 'customer.entered', sessionFrom, accountId, ...(welcomeCode === '' ? {} : { welcomeCode }) };
    }
    case 'msg_send_fail':
      return { ...base, type: 'window.failed', platformId: wordOf(event['fail_msgid']), reason: FAILURES[wordOf(event['fail_type'])] ?? 'unknown', detail: `fail_type ${wordOf(event['fail_type'])}` };
    default:
      return { ...base, type: 'platform.other', name: `kf_${name}` };
  }
}

/** Why a message that was taken did not arrive. */
const FAILURES: Readonly<Record<string, RefusalReason>> = {
  1: 'account', 2: 'account', 4: 'window_closed', 5: 'window_closed', 6: 'window_used_up', 8: 'account', 10: 'person_blocked', 11: 'account', 12: 'content', 13: 'content',
};

/** What a person can read of a message: its text, or the title of what it carries. */
function textOf(row: Body, kind: string): string {
  const part = partOf(row, kind);
  if (kind === 'text') return wordOf(part['content']);
  return wordOf(part['title']) || wordOf(part['name']);
}

function partOf(row: Body, name: string): Body {
  const part = row[name];
  return isBody(part) ? part : {};
}

function read(payload: string): Body {
  try {
    const row = parseWideJson(payload);
    if (isBody(row)) return row;
  } catch {
    // falls through: not JSON at all
  }
  throw new PayloadError('no message row');
}
