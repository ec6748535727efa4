import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import { randomText } from '../ids.ts';
import type { MiniProgram } from '../mini-program.ts';
import { addRoute, officialKinds, type Call } from '../platform/call.ts';
import type { World } from '../world.ts';
import type { Article, Draft } from './official-state.ts';

const CONTENT_CHARS = 20_000;
const LIST_MAX = 20;

/** Drafts and the pictures that stand in them. */
export function addDraftRoutes(server: FastifyInstance, world: World): void {
  const post = (path: string, handle: (call: Call) => object): void =>
    addRoute(server, world, { method: 'POST', path: `/cgi-bin/${path}`, auth: 'token', kinds: officialKinds, handle });
  post('draft/add', add);
  post('draft/update', update);
  post('draft/get', get);
  post('draft/delete', remove);
  post('draft/batchget', list);
  post('material/add_material', addMaterial);
  post('media/uploadimg', uploadPicture);
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/draft/count', auth: 'token', kinds: officialKinds, handle: ({ app }) => ({ total_count: app.official.drafts.size }) });
}

/** 0, or what is wrong with an article. */
function articleFault({ app }: Call, article: Article): number {
  return textFault(article) || pictureFault(app, article);
}

function textFault({ title, author = '', digest = '', content }: Article): number {
  if (typeof title !== 'string' || title === '' || [...title].length > 32) return 45003;
  if ([...author].length > 16) return 45110;
  if ([...digest].length > 128) return 45004;
  if (typeof content !== 'string' || [...content].length >= CONTENT_CHARS) return 45002;
  return 0;
}

/** A picture post needs its pictures, any other article a cover. */
function pictureFault(app: MiniProgram, article: Article): number {
  if (article['article_type'] === 'newspic') {
    const images = (article['image_info'] as { image_list?: { image_media_id?: string }[] } | undefined)?.image_list ?? [];
    return images.length > 0 && images.length <= 20 && images.every((one) => app.media.has(one.image_media_id ?? '')) ? 0 : 40007;
  }
  return app.media.has(String(article['thumb_media_id'] ?? '')) ? 0 : 40007;
}

function add(call: Call): object {
  const articles = call.body['articles'];
  if (!Array.isArray(articles) || articles.length === 0 || articles.length > 8) return refuse(40097);
  const fault = (articles as Article[]).map((one) => articleFault(call, one)).find((code) => code !== 0);
  if (fault !== undefined) return refuse(fault);
  const draft: Draft = { mediaId: randomText(64), articles: articles as Article[], updatedAt: call.now };
  call.app.official.drafts.set(draft.mediaId, draft);
  return { media_id: draft.mediaId };
}

function draftOf({ app, body }: Call): Draft | undefined {
  return app.official.drafts.get(String(body['media_id'] ?? ''));
}

function update(call: Call): object {
  const draft = draftOf(call);
  if (!draft) return refuse(40007);
  const index = Number(call.body['index'] ?? 0);
  if (!draft.articles[index]) return refuse(40114);
  const article = (call.body['articles'] ?? {}) as Article;
  const fault = articleFault(call, article);
  if (fault !== 0) return refuse(fault);
  draft.articles[index] = article;
  draft.updatedAt = call.now;
  return ok;
}

function get(call: Call): object {
  const draft = draftOf(call);
  return draft ? view(draft) : refuse(40007);
}

function view(draft: Draft, withoutContent = false): { news_item: object[]; update_time: number } {
  const articles = draft.articles.map(({ content, ...rest }) => ({ ...rest, ...(withoutContent ? {} : { content }), url: `https://mp.weixin.qq.com/s/${draft.mediaId.slice(0, 22)}` }));
  return { news_item: articles, update_time: Math.floor(draft.updatedAt / 1000) };
}

function remove(call: Call): object {
  return call.app.official.drafts.delete(String(call.body['media_id'] ?? '')) ? ok : refuse(40007);
}

function list({ app, body }: Call): object {
  const { offset = 0, count, no_content: bare } = body as { offset?: number; count?: number; no_content?: number };
  if (!Number.isInteger(count) || Number(count) < 1 || Number(count) > LIST_MAX) return refuse(40097, 'count');
  const all = [...app.official.drafts.values()];
  const item = all.slice(offset, offset + Number(count)).map((draft) => {
    const { news_item, update_time } = view(draft, bare === 1);
    return { media_id: draft.mediaId, content: { news_item }, update_time };
  });
  return { total_count: all.length, item_count: item.length, item };
}

/** Permanent material; the bytes are not kept. */
function addMaterial({ app, query, body }: Call): object {
  if (!['image', 'voice', 'video', 'thumb'].includes(query['type'] ?? '')) return refuse(40097, 'type');
  if (!hasFile(body['multipart'])) return refuse(44002);
  const media_id = randomText(64);
  app.media.add(media_id);
  return { media_id, ...(query['type'] === 'image' ? { url: pictureUrl() } : {}) };
}

function uploadPicture({ body }: Call): object {
  return hasFile(body['multipart']) ? { url: pictureUrl() } : refuse(44002);
}

function hasFile(bytes: unknown): boolean {
  return bytes instanceof Buffer && bytes.includes('filename=');
}

function pictureUrl(): string {
  return `https://mmbiz.qpic.cn/sim/${randomText(32)}/0`;
}
