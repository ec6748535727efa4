import type { Attachment, Corp } from '../corp.ts';
import type { Fields } from './call.ts';
import { objectOf, objectsOf, textOf } from './fields.ts';

const MEDIA_LIFE_MS = 3 * 86_400_000;
const TEXT_MAX_BYTES = 4000;
const ATTACHMENTS_MAX = 9;

export interface Content {
  text: string;
  attachments: Attachment[];
  /** As it was given, for lists that answer it again. */
  given: Fields;
}

/** Text and attachments of a welcome or a group send, or the errcode of what is wrong with them. */
export function readContent(corp: Corp, body: Fields, now: number): Content | number {
  const text = textOf(objectOf(body, 'text'), 'content');
  const given = objectsOf(body, 'attachments');
  if (text === '' && given.length === 0) return 44004;
  if (Buffer.byteLength(text) > TEXT_MAX_BYTES) return 45002;
  if (given.length > ATTACHMENTS_MAX) return 41064;
  const attachments: Attachment[] = [];
  for (const one of given) {
    const read = readAttachment(corp, one, now);
    if (typeof read === 'number') return read;
    attachments.push(read);
  }
  return { text, attachments, given: { text: { content: text }, attachments: given } };
}

function readAttachment(corp: Corp, attachment: Fields, now: number): Attachment | number {
  const msgtype = textOf(attachment, 'msgtype');
  const part = objectOf(attachment, msgtype);
  switch (msgtype) {
    case 'image':
      return readImage(corp, part, now);
    case 'link':
      return readLink(part);
    case 'miniprogram':
      return readProgram(corp, part, now);
    case 'video':
    case 'file':
      return isMedia(corp, textOf(part, 'media_id'), now) ? { msgtype, title: msgtype === 'video' ? '[视频]' : '[文件]' } : 40007;
    default:
      return 41065;
  }
}

/** Uploaded material lives three days. */
export function isMedia(corp: Corp, mediaId: string, now: number): boolean {
  const at = corp.data.media.get(mediaId);
  return at !== undefined && now - at < MEDIA_LIFE_MS;
}

function readImage(corp: Corp, part: Fields, now: number): Attachment | number {
  const mediaId = textOf(part, 'media_id');
  if (mediaId !== '') return isMedia(corp, mediaId, now) ? { msgtype: 'image', title: '[图片]' } : 40007;
  const url = textOf(part, 'pic_url');
  return corp.data.uploadedImages.includes(url) ? { msgtype: 'image', title: '[图片]', url } : 41065;
}

function readLink(part: Fields): Attachment | number {
  const title = textOf(part, 'title');
  const url = textOf(part, 'url');
  const description = textOf(part, 'desc');
  if (title === '' || url === '') return 41065;
  const sizes = [Buffer.byteLength(title) <= 128, Buffer.byteLength(description) <= 512, Buffer.byteLength(url) <= 2048, Buffer.byteLength(textOf(part, 'picurl')) <= 2048];
  return sizes.every(Boolean) ? { msgtype: 'link', title, description, url } : 45002;
}

function readProgram(corp: Corp, part: Fields, now: number): Attachment | number {
  const title = textOf(part, 'title');
  const page = textOf(part, 'page');
  if (title === '' || page === '' || textOf(part, 'appid') === '') return 41065;
  if (Buffer.byteLength(title) > 64) return 45002;
  return isMedia(corp, textOf(part, 'pic_media_id'), now) ? { msgtype: 'miniprogram', title, url: page, description: textOf(part, 'appid') } : 40007;
}
