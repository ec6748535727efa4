import type { Corp } from '../corp.ts';
import type { Fields } from './call.ts';
import { isMedia } from './content.ts';
import { objectOf, objectsOf, textOf } from './fields.ts';

const TEXT_MAX_BYTES = 2048;
const ITEMS_MAX = 50;
const CLICKABLE_MAX = 10;

export interface KfMessage {
  text: string;
  /** Of a link or card. */
  title: string;
  url?: string;
}

const files: Record<string, string> = { image: '[图片]', voice: '[语音]', video: '[视频]', file: '[文件]' };

/** What a message says, or the errcode of what is wrong with it. */
export function readKfMessage(corp: Corp, body: Fields, now: number, itemsMax = ITEMS_MAX): KfMessage | number {
  const msgtype = textOf(body, 'msgtype');
  const part = objectOf(body, msgtype);
  switch (msgtype) {
    case 'text':
      return readText(part);
    case 'link':
      return readLink(corp, part, now);
    case 'miniprogram':
      return readProgram(corp, part, now);
    case 'msgmenu':
      return readMenu(part, itemsMax);
    case 'location':
      return { text: `[位置] ${textOf(part, 'name')}`, title: '' };
    case 'ca_link':
      return textOf(part, 'link_url') === '' ? 40058 : { text: '[获客链接]', title: '添加好友', url: textOf(part, 'link_url') };
    default:
      return msgtype in files ? readFile(corp, part, { shown: files[msgtype] ?? '', now }) : 40008;
  }
}

/** Longer text is cut, not refused. */
function readText(part: Fields): KfMessage | number {
  const content = textOf(part, 'content');
  if (content === '') return 44004;
  const bytes = Buffer.from(content);
  return { text: bytes.length > TEXT_MAX_BYTES ? bytes.subarray(0, TEXT_MAX_BYTES).toString().replace(/\uFFFD+$/, '') : content, title: '' };
}

function readFile(corp: Corp, part: Fields, { shown, now }: { shown: string; now: number }): KfMessage | number {
  return isMedia(corp, textOf(part, 'media_id'), now) ? { text: shown, title: '' } : 40007;
}

function readLink(corp: Corp, part: Fields, now: number): KfMessage | number {
  const title = textOf(part, 'title');
  const url = textOf(part, 'url');
  if (title === '' || url === '') return 40058;
  if (Buffer.byteLength(title) > 128 || Buffer.byteLength(textOf(part, 'desc')) > 512 || Buffer.byteLength(url) > 2048) return 45002;
  return isMedia(corp, textOf(part, 'thumb_media_id'), now) ? { text: `${title}\n${textOf(part, 'desc')}`.trim(), title, url } : 40007;
}

function readProgram(corp: Corp, part: Fields, now: number): KfMessage | number {
  const title = textOf(part, 'title');
  const url = textOf(part, 'pagepath');
  if (textOf(part, 'appid') === '' || url === '') return 40058;
  if (Buffer.byteLength(title) > 64) return 45002;
  return isMedia(corp, textOf(part, 'thumb_media_id'), now) ? { text: title, title: title || '小程序', url } : 40007;
}

function readMenu(part: Fields, itemsMax: number): KfMessage | number {
  const items = objectsOf(part, 'list');
  const clickable = items.filter((one) => one['type'] !== 'text');
  if (items.length > itemsMax || clickable.length > CLICKABLE_MAX) return 95008;
  if (items.some((one) => !['click', 'view', 'miniprogram', 'text'].includes(textOf(one, 'type')))) return 95009;
  if (Buffer.byteLength(textOf(part, 'head_content')) > 1024) return 45002;
  const lines = items.map((one) => {
    const inner = objectOf(one, textOf(one, 'type'));
    return `${one['type'] === 'text' ? '' : '· '}${textOf(inner, 'content')}`;
  });
  return { text: [textOf(part, 'head_content'), ...lines, textOf(part, 'tail_content')].filter((one) => one !== '').join('\n'), title: '' };
}
