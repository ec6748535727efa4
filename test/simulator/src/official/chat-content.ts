import type { MiniProgram } from '../mini-program.ts';
import type { Fields } from '../platform/call.ts';
import { readMenu, readText, type Content } from '../platform/chat-text.ts';

type Part = Record<string, string | undefined>;
type Reader = (app: MiniProgram, part: Part) => Content | number;

/** A message of uploaded material, shown as a word. */
function material(word: string): Reader {
  return (app, part) => (app.media.has(part['media_id'] ?? '') ? { text: `[${word}]${part['title'] ?? ''}` } : 40007);
}

const readers: Record<string, Reader> = {
  text: (_app, part) => readText(part['content']),
  image: material('图片'),
  voice: material('语音'),
  video: material('视频'),
  music: (app, part) =>
    part['musicurl'] && app.media.has(part['thumb_media_id'] ?? '') ? { text: `[音乐]${part['title'] ?? ''}`, page: part['musicurl'] } : 40007,
  news: (_app, part) => readNews(part),
  mpnewsarticle: (app, part) => readArticle(app, part['article_id']),
  miniprogrampage: readCard,
  msgmenu: (_app, part) => readMenu(part),
  wxcard: (_app, part) => (part['card_id'] ? { text: '[卡券]' } : 40097),
};

/** The text and jump target of a customer-service message of an official account, or the errcode of what is wrong. */
export function readOfficialContent(app: MiniProgram, body: Fields): Content | number {
  const msgtype = String(body['msgtype'] ?? '');
  return readers[msgtype]?.(app, (body[msgtype] ?? {}) as Part) ?? 40008;
}

function readNews(value: unknown): Content | number {
  const { articles } = value as { articles?: Part[] };
  if (!Array.isArray(articles) || articles.length !== 1) return 45008;
  const [{ title, description = '', url } = {}] = articles;
  return title && url ? { text: `${title}\n${description}`.trim(), page: url } : 40097;
}

function readArticle(app: MiniProgram, id: string | undefined): Content | number {
  const found = [...app.official.publications.values()].find((one) => one.articleId === id && one.status === 0);
  return found ? { text: found.articles[0]?.title ?? '', page: `https://mp.weixin.qq.com/s/${found.articleId}` } : 53600;
}

function readCard(app: MiniProgram, part: Part): Content | number {
  const { linkedPrograms } = app.settings;
  if (!part['appid'] || (linkedPrograms.length > 0 && !linkedPrograms.includes(part['appid']))) return 40166;
  if (!app.media.has(part['thumb_media_id'] ?? '')) return 40007;
  return part['title'] && part['pagepath'] ? { text: part['title'], page: part['pagepath'] } : 40097;
}
