// What an official account says beside the events of every WeChat account: followers, menus, ends of posts.
import type { CallbackFormat, ChannelEvent } from '../../adapter.js';
import { isBody, textOf, type Body } from '../wechat/wechat.body.js';
import { parseCallback, type Head, type OwnEvents } from '../wechat/wechat.parse.js';

/** @throws PayloadError when the body is malformed or lacks sender, type or time. */
export const parseOfficial = (payload: string, format: CallbackFormat): ChannelEvent[] => parseCallback(payload, format, ownEvents);

const PREFIX = 'qrscene_';

const ownEvents: OwnEvents = (body, head, key) => {
  const base = { externalId: head.externalId, at: head.at };
  const eventKey = textOf(body, 'EventKey');
  switch (textOf(body, 'Event')) {
    case 'subscribe':
      // Other ways to follow put other words there: only the prefix makes it a scene.
      return [{ type: 'follower.followed', ...base, ...(eventKey.startsWith(PREFIX) ? { scene: eventKey.slice(PREFIX.length) } : {}), dedupKey: key() }];
    case 'unsubscribe':
      return [{ type: 'follower.unfollowed', ...base, dedupKey: key() }];
    case 'SCAN':
      return [{ type: 'scene.scanned', ...base, scene: eventKey, dedupKey: key(eventKey) }];
    case 'CLICK':
    case 'scancode_push':
    case 'scancode_waitmsg':
      return [{ type: 'menu.tapped', ...base, key: eventKey, opens: 'answer', dedupKey: key(eventKey) }];
    case 'VIEW':
      return [{ type: 'menu.tapped', ...base, key: eventKey, opens: 'page', dedupKey: key(eventKey) }];
    case 'view_miniprogram':
      return [{ type: 'menu.tapped', ...base, key: eventKey, opens: 'mini_program', dedupKey: key(eventKey) }];
    case 'TEMPLATESENDJOBFINISH':
      return [templateSent(body, head, key)];
    case 'MASSSENDJOBFINISH':
      return [postFinished(body, head, key)];
    case 'PUBLISHJOBFINISH':
    case 'FREEPUBLISHJOBFINISH':
      return [articlePublished(body, head, key)];
    default:
      return undefined;
  }
};

type KeyMaker = (...parts: string[]) => string;

function templateSent(body: Body, { externalId, at }: Head, key: KeyMaker): ChannelEvent {
  const platformId = textOf(body, 'MsgID');
  const detail = textOf(body, 'Status');
  // "failed:user block" and "failed: system failed" both occur: spaces cannot be relied on.
  const status = detail === 'success' ? 'delivered' : /^failed:\s*user/iu.test(detail) ? 'blocked' : 'failed';
  return { type: 'template.sent', externalId, at, platformId, status, detail, dedupKey: key(platformId) };
}

/** The nested blocks (copyright, addresses) may arrive empty and are not needed. */
function postFinished(body: Body, { at }: Head, key: KeyMaker): ChannelEvent {
  const platformId = textOf(body, 'MsgID') || textOf(body, 'MsgId');
  const count = (name: string): number => Number(textOf(body, name)) || 0;
  return {
    type: 'post.finished', externalId: '', at, platformId, status: textOf(body, 'Status'), dedupKey: key(platformId),
    // What is left after the monthly allowance and the refusals is FilterCount; the rest was filtered away.
    total: count('TotalCount'), filtered: Math.max(0, count('TotalCount') - count('FilterCount')), sent: count('SentCount'), failed: count('ErrorCount'),
  };
}

function articlePublished(body: Body, { at }: Head, key: KeyMaker): ChannelEvent {
  const info = body['PublishEventInfo'];
  const fact = (name: string): string => (isBody(info) ? textOf(info, name) : '');
  const articleId = fact('article_id');
  return {
    type: 'article.published', externalId: '', at, platformId: fact('publish_id'), status: fact('publish_status') === '0' ? 'published' : 'failed',
    detail: fact('publish_status'), ...(articleId === '' ? {} : { articleId }), dedupKey: key(fact('publish_id')),
  };
}
