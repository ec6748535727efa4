import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import { randomText } from '../ids.ts';
import { readOfficialContent } from '../official/chat-content.ts';
import type { World } from '../world.ts';
import { addRoute, type Call, type Fields } from './call.ts';
import { readMenu, readText, type Content } from './chat-text.ts';

const TYPING_WINDOW_MS = 30_000;

/** Customer-service messages, the typing sign and the upload of pictures for them. */
export function addCustomerServiceRoutes(server: FastifyInstance, world: World): void {
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/message/custom/send', auth: 'token', handle: sendMessage });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/message/custom/typing', auth: 'token', handle: typing });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/media/upload', auth: 'token', handle: upload });
}

function sendMessage({ world, app, body, now }: Call): object {
  const member = app.byOpenid.get(String(body['touser'] ?? ''));
  if (!member) return refuse(40003);
  const content = app.isOfficial ? readOfficialContent(app, body) : readContent(app.media, body);
  if (typeof content === 'number') return refuse(content);
  if (member.follow?.banned) return refuse(43019);
  if (member.follow?.blocked) return refuse(48002);
  const spent = member.spendWindow(now);
  if (spent !== 0) return refuse(spent);
  const msgtype = String(body['msgtype']);
  const id = world.newMessageId();
  member.receive({ id, at: now, kind: 'custom', msgtype, ...content, read: false });
  member.say({ at: now, from: 'service', text: content.text ?? '', ...(content.page === undefined ? {} : { messageId: id }) });
  app.stats.message('custom', `${member.openid}|${msgtype}|${content.page ?? ''}|${content.text ?? ''}`);
  return ok;
}

/** The text and jump target of a message, or the errcode of what is wrong with it. */
function readContent(media: Set<string>, body: Fields): Content | number {
  const msgtype = String(body['msgtype'] ?? '');
  const part = (body[msgtype] ?? {}) as Record<string, string | undefined>;
  switch (msgtype) {
    case 'text':
      return readText(part['content']);
    case 'image':
      return media.has(part['media_id'] ?? '') ? { text: '[图片]' } : 40007;
    case 'link':
      return readLink(part);
    case 'miniprogrampage':
      return media.has(part['thumb_media_id'] ?? '') ? readCard(part) : 40007;
    case 'msgmenu':
      return readMenu(body['msgmenu']);
    default:
      return 40008;
  }
}

function readLink({ title, description = '', url }: Record<string, string | undefined>): Content | number {
  return title && url ? { text: `${title}\n${description}`.trim(), page: url } : 40097;
}

function readCard({ title, pagepath }: Record<string, string | undefined>): Content | number {
  return title && pagepath ? { text: title, page: pagepath } : 40097;
}

function typing({ app, body, now }: Call): object {
  const member = app.byOpenid.get(String(body['touser'] ?? ''));
  if (!member) return refuse(40003);
  if (body['command'] !== 'Typing' && body['command'] !== 'CancelTyping') return refuse(45072);
  return now - member.lastActionAt > TYPING_WINDOW_MS ? refuse(45080) : ok;
}

/** Mini programs may upload pictures only, official accounts also sound and film; the bytes are not kept. */
function upload({ app, query, body, now }: Call): object {
  const bytes = body['multipart'];
  const type = query['type'] ?? '';
  if (type !== 'image' && !(app.isOfficial && ['voice', 'video', 'thumb'].includes(type))) return refuse(40097, 'type');
  if (!(bytes instanceof Buffer) || !bytes.includes('filename=')) return refuse(44002);
  const media_id = randomText(64);
  app.media.add(media_id);
  return { type, media_id, created_at: Math.floor(now / 1000) };
}
