import type { MiniProgram } from '../mini-program.ts';
import type { Fields } from '../platform/call.ts';
import { readMenu, readText, type Content } from '../platform/customer-service.ts';

type Part = Record<string, string | undefined>;

/** The text and jump target of a customer-service message of an official account, or the errcode of what is wrong. */
export function readOfficialContent(app: MiniProgram, body: Fields): Content | number {
  const msgtype = String(body['msgtype'] ?? '');
  const part = (body[msgtype] ?? {}) as Part;
  switch (msgtype) {
    case 'text':
      return readText(part['content']);
    case 'image':
      return app.media.has(part['media_id'] ?? '') ? { text: '[图片]' } : 40007;
    case 'voice':
      return app.media.has(part['media_id'] ?? '') ? { text: '[语音]' } : 40007;
    case 'video':
      return app.media.has(part['media_id'] ?? '') ? { text: `[视频]${part['title'] ?? ''}` } : 40007;
    case 'music':
      return part['musicurl'] && app.media.has(part['thumb_media_id'] ?? '') ? { text: `[音乐]${part['title'] ?? ''}`, page: part['musicurl'] } : 40007;
    case 'news':
      return readNews(body['news']);
    case 'mpnewsarticle':
      return readArticle(app, part['article_id']);
    case 'miniprogrampage':
      return readCard(app, part);
    case 'msgmenu':
      return readMenu(body['msgmenu']);
    case 'wxcard':
      return part['card_id'] ? { text: '[卡券]' } : 40097;
    default:
      return 40008;
  }
}

function readNews(value: unknown): Content | number {
  const { articles } = (value ?? {}) as { articles?: Part[] };
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
