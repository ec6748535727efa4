// Article drafts and their publication. Publishing puts an article on the account's page; it reaches nobody's chat.
import type { PlatformFile, PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface ArticleText {
  title: string;
  author: string;
  digest: string;
  /** HTML; pictures in it must have been uploaded to the platform. */
  content: string;
  sourceUrl: string;
  /** A permanent picture of the account. */
  thumbMediaId: string;
}

export interface Picture {
  type: 'image/png' | 'image/jpeg';
  bytes: Buffer;
}

export interface Draft {
  mediaId: string;
  title: string;
  digest: string;
  articles: number;
  updatedAt: Date | undefined;
}

export class Articles {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  add(articles: readonly ArticleText[], token: string): Promise<PlatformResult<string>> {
    const body = { articles: articles.map(bodyOf) };
    return this.client.ask({ path: '/cgi-bin/draft/add', query: { access_token: token }, body }, (json) => wordOf(json['media_id']) || undefined);
  }

  /** A permanent picture of the account, as a cover needs one. */
  addCover(picture: Picture, token: string): Promise<PlatformResult<{ mediaId: string; url: string }>> {
    return this.client.ask({ path: '/cgi-bin/material/add_material', query: { access_token: token, type: 'image' }, file: fileOf(picture) }, (json) =>
      wordOf(json['media_id']) === '' ? undefined : { mediaId: wordOf(json['media_id']), url: wordOf(json['url']) });
  }

  /** A picture for the text: pictures from anywhere else are dropped by the platform. */
  addInline(picture: Picture, token: string): Promise<PlatformResult<string>> {
    return this.client.ask({ path: '/cgi-bin/media/uploadimg', query: { access_token: token }, file: fileOf(picture) }, (json) => wordOf(json['url']) || undefined);
  }

  update(mediaId: string, index: number, article: ArticleText, token: string): Promise<PlatformResult<true>> {
    const body = { media_id: mediaId, index, articles: bodyOf(article) };
    return this.client.ask({ path: '/cgi-bin/draft/update', query: { access_token: token }, body }, () => true);
  }

  delete(mediaId: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/draft/delete', query: { access_token: token }, body: { media_id: mediaId } }, () => true);
  }

  /** Newest first, at most 20 a page, without the texts. */
  drafts(offset: number, token: string): Promise<PlatformResult<{ total: number; items: Draft[] }>> {
    const body = { offset, count: 20, no_content: 1 };
    return this.client.ask({ path: '/cgi-bin/draft/batchget', query: { access_token: token }, body }, ({ total_count: total, item }) =>
      Array.isArray(item) ? { total: Number(total) || 0, items: item.flatMap((one: unknown) => draftOf(one) ?? []) } : undefined);
  }

  /** Begins to publish; the end comes as an event. Gives the publication's id. */
  publish(mediaId: string, token: string): Promise<PlatformResult<string>> {
    return this.client.ask({ path: '/cgi-bin/freepublish/submit', query: { access_token: token }, body: { media_id: mediaId } }, (json) => wordOf(json['publish_id']) || undefined);
  }

  /** For a publication whose event was lost. */
  publication(publishId: string, token: string): Promise<PlatformResult<{ status: 'running' | 'published' | 'failed'; detail: string; articleId: string }>> {
    return this.client.ask({ path: '/cgi-bin/freepublish/get', query: { access_token: token }, body: { publish_id: publishId } }, (json) => {
      const detail = wordOf(json['publish_status']);
      return detail === '' ? undefined : { status: detail === '0' ? 'published' : detail === '1' ? 'running' : 'failed', detail, articleId: wordOf(json['article_id']) };
    });
  }
}

function bodyOf({ title, author, digest, content, sourceUrl, thumbMediaId }: ArticleText): Record<string, unknown> {
  return {
    article_type: 'news', title, author, digest, content, content_source_url: sourceUrl, thumb_media_id: thumbMediaId, need_open_comment: 0, only_fans_can_comment: 0,
  };
}

function draftOf(value: unknown): Draft | undefined {
  if (!isBody(value)) return undefined;
  const { media_id: id, content, update_time: second } = value as Record<string, unknown>;
  const items = isBody(content) ? (content as Record<string, unknown>)['news_item'] : undefined;
  const list: unknown[] = Array.isArray(items) ? items : [];
  const first = (list[0] ?? {}) as Record<string, unknown>;
  const mediaId = wordOf(id);
  if (mediaId === '') return undefined;
  return { mediaId, title: wordOf(first['title']), digest: wordOf(first['digest']), articles: list.length, updatedAt: Number(second) > 0 ? new Date(Number(second) * 1000) : undefined };
}

const fileOf = ({ type, bytes }: Picture): PlatformFile => ({ field: 'media', name: type === 'image/png' ? 'picture.png' : 'picture.jpg', type, bytes });
