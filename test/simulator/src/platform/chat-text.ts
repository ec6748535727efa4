import type { InboxMessage } from '../member.ts';

const TEXT_MAX_BYTES = 2048;

/** What a customer-service message shows, and where a tap on it leads. */
export type Content = Pick<InboxMessage, 'text' | 'page'>;

/** A text, or the errcode of what is wrong with it. */
export function readText(content: unknown): Content | number {
  if (typeof content !== 'string' || content === '') return 44004;
  if (Buffer.byteLength(content) > TEXT_MAX_BYTES) return 45002;
  const page = /data-miniprogram-path="([^"]*)"/.exec(content)?.[1] ?? /<a[^>]*href="([^"]+)"/.exec(content)?.[1];
  return page === undefined ? { text: content } : { text: content, page };
}

/** A menu of answers, or the errcode. */
export function readMenu(value: unknown): Content | number {
  const menu = (value ?? {}) as { head_content?: string; tail_content?: string; list?: { content?: string }[] };
  if (!Array.isArray(menu.list) || menu.list.length === 0) return 40097;
  const lines = [menu.head_content, ...menu.list.map((item) => `· ${item.content ?? ''}`), menu.tail_content];
  return { text: lines.filter(Boolean).join('\n') };
}
