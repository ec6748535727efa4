import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import { randomText } from '../ids.ts';
import type { MiniProgram } from '../mini-program.ts';
import { addRoute, officialKinds, type Call } from '../platform/call.ts';
import type { World } from '../world.ts';
import type { Publication } from './official-state.ts';

const RUNNING = 1;
const DELETED = 5;
const LIST_MAX = 20;

/** Publishing a draft: it gets an address, and nobody is told. */
export function addPublishRoutes(server: FastifyInstance, world: World): void {
  const post = (name: string, handle: (call: Call) => object): void =>
    addRoute(server, world, { method: 'POST', path: `/cgi-bin/freepublish/${name}`, auth: 'token', kinds: officialKinds, handle });
  post('submit', submit);
  post('get', get);
  post('getarticle', article);
  post('batchget', list);
  post('delete', remove);
}

function submit({ world, app, body, now }: Call): object {
  const draft = app.official.drafts.get(String(body['media_id'] ?? ''));
  if (!draft) return refuse(40007);
  const publication: Publication = {
    publishId: String(app.official.newId() * 1_000_000 + 2_247_000),
    mediaId: draft.mediaId,
    articleId: randomText(32),
    articles: draft.articles,
    status: RUNNING,
    at: now,
  };
  app.official.publications.set(publication.publishId, publication);
  // The draft becomes the article; the platform takes it out of the draft box.
  app.official.drafts.delete(draft.mediaId);
  setTimeout(() => finish(world, app, publication), app.settings.massDelayMs).unref();
  return { ...ok, publish_id: publication.publishId };
}

function finish(world: World, app: MiniProgram, publication: Publication): void {
  publication.status = app.settings.publishStatus;
  void world.callbacks.push(app, {
    openid: 'oSystem',
    createTime: Math.floor(Date.now() / 1000),
    msgType: 'event',
    event: app.settings.publishEvent,
    fields: { PublishEventInfo: { publish_id: publication.publishId, publish_status: publication.status, ...detail(publication, true) } },
  });
}

function detail(publication: Publication, xml: boolean): object {
  if (publication.status !== 0) return publication.status === RUNNING ? {} : { fail_idx: xml ? 1 : [1] };
  const item = publication.articles.map((_article, i) => ({ idx: i + 1, article_url: addressOf(publication) }));
  return { article_id: publication.articleId, article_detail: { count: item.length, item } };
}

function addressOf(publication: Publication): string {
  return `https://mp.weixin.qq.com/s/${publication.articleId}`;
}

function get({ app, body }: Call): object {
  const publication = app.official.publications.get(String(body['publish_id'] ?? ''));
  if (!publication) return refuse(40059);
  return { publish_id: publication.publishId, publish_status: publication.status, ...detail(publication, false), fail_idx: publication.status > RUNNING ? [1] : [] };
}

function published(app: MiniProgram, articleId: unknown): Publication | undefined {
  return [...app.official.publications.values()].find((one) => one.articleId === articleId && one.status === 0);
}

function items(publication: Publication): object[] {
  return publication.articles.map((one) => ({ ...one, url: addressOf(publication), is_deleted: false }));
}

function article({ app, body }: Call): object {
  const found = published(app, body['article_id']);
  return found ? { news_item: items(found) } : refuse(53600);
}

function list({ app, body }: Call): object {
  const { offset = 0, count } = body as { offset?: number; count?: number };
  if (!Number.isInteger(count) || Number(count) < 1 || Number(count) > LIST_MAX) return refuse(40097, 'count');
  const all = [...app.official.publications.values()].filter((one) => one.status === 0).toReversed();
  const item = all.slice(offset, offset + Number(count)).map((one) => ({ article_id: one.articleId, content: { news_item: items(one) }, update_time: Math.floor(one.at / 1000) }));
  return { total_count: all.length, item_count: item.length, item };
}

function remove({ app, body }: Call): object {
  const found = published(app, body['article_id']);
  if (!found) return refuse(53600);
  found.status = DELETED;
  return ok;
}
