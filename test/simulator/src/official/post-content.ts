import type { MiniProgram } from '../mini-program.ts';
import type { Fields } from '../platform/call.ts';

/** What a mass post shows. */
export interface PostContent {
  msgtype: string;
  title: string;
  url: string;
}

interface Part {
  content?: unknown;
  media_id?: unknown;
  card_id?: unknown;
}

type Reader = (app: MiniProgram, part: Part, body: Fields) => Omit<PostContent, 'msgtype'> | number;

const film: Reader = (app, part) => (app.media.has(String(part.media_id)) ? { title: '[视频]', url: '' } : 40007);

const readers: Record<string, Reader> = {
  text: (_app, part) => (typeof part.content === 'string' && part.content !== '' ? { title: part.content, url: '' } : 44004),
  mpnews: (app, part) => {
    const article = app.official.drafts.get(String(part.media_id))?.articles[0];
    return article ? { title: article.title, url: article.content_source_url ?? '' } : 40007;
  },
  image: (app, _part, body) => {
    const ids = (body['images'] as { media_ids?: unknown } | undefined)?.media_ids;
    return Array.isArray(ids) && ids.length > 0 && ids.every((id) => app.media.has(String(id))) ? { title: '[图片]', url: '' } : 40007;
  },
  voice: (app, part) => (app.media.has(String(part.media_id)) ? { title: '[语音]', url: '' } : 40007),
  mpvideo: film,
  wxcard: (_app, part) => (part.card_id ? { title: '[卡券]', url: '' } : 40097),
};

/** What a post shows, or the errcode of what is wrong with it. */
export function postContent(app: MiniProgram, body: Fields): PostContent | number {
  const msgtype = String(body['msgtype'] ?? '');
  const read = readers[msgtype]?.(app, (body[msgtype] ?? {}) as Part, body) ?? 40008;
  return typeof read === 'number' ? read : { msgtype, ...read };
}
