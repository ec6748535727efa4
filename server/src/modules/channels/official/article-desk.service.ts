// Article drafts and publications of an official account. Drafts live at the platform; we keep only what was published.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid } from '../../../core/errors/app-error.js';
import type { Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import type { ChannelEvent, PlatformResult } from '../adapter.js';
import type { ArticleText, Draft } from '../adapters/wechat-official-account/articles.client.js';
import { officialOf, type OfficialAccount } from '../adapters/wechat-official-account/official.adapter.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';
import { PostsRepository, type PublicationRow } from './posts.repository.js';

/** With base64 it has to fit into a request of ours. */
const MAX_PICTURE = 750_000;
const LIMITS: [field: 'title' | 'author' | 'digest' | 'content', max: number][] = [['title', 32], ['author', 16], ['digest', 128], ['content', 20_000]];

@Injectable()
export class ArticleDesk {
  constructor(private readonly db: TenantDb, private readonly repository: PostsRepository, private readonly calls: PlatformCalls) {}

  drafts(channelId: string, offset: number): Promise<{ total: number; items: Draft[] } | Refusal> {
    return this.ask(channelId, (account, token) => account.articles.drafts(offset, token));
  }

  /** A new draft, or a changed first article; gives its media id. @throws INVALID naming the field */
  async save(channelId: string, mediaId: string | undefined, article: ArticleText): Promise<string | Refusal> {
    await this.calls.open(channelId, officialOf);
    if (article.title.trim() === '') throw invalid('title', 'required', 'Give the article a title.');
    for (const [field, max] of LIMITS) if (Array.from(article[field]).length > max) throw invalid(field, 'too_long', `At most ${max} characters.`, { max });
    if (article.thumbMediaId === '') throw invalid('thumbMediaId', 'required', 'Choose a cover picture of the account.');
    if (mediaId === undefined) return this.ask(channelId, (account, token) => account.articles.add([article], token));
    const saved = await this.ask(channelId, (account, token) => account.articles.update(mediaId, 0, article, token));
    return saved === true ? mediaId : saved;
  }

  /** A picture as a data address, PNG or JPEG below 750 kB. A cover has a media id; one for the text only an address. @throws INVALID */
  async addPicture(channelId: string, data: string, use: 'cover' | 'inline'): Promise<{ mediaId: string | null; url: string } | Refusal> {
    await this.calls.open(channelId, officialOf);
    const found = /^data:(image\/png|image\/jpeg);base64,([A-Za-z0-9+/=]+)$/u.exec(data);
    if (!found) throw invalid('data', 'bad_format', 'Send a PNG or JPEG as data:image/png;base64,…');
    const picture = { type: found[1] as 'image/png' | 'image/jpeg', bytes: Buffer.from(found[2] ?? '', 'base64') };
    if (picture.bytes.length >= MAX_PICTURE) throw invalid('data', 'too_long', 'A picture has less than 750 kB. Make it smaller.', { max: MAX_PICTURE });
    if (use === 'cover') return this.ask(channelId, (account, token) => account.articles.addCover(picture, token));
    const url = await this.ask(channelId, (account, token) => account.articles.addInline(picture, token));
    return typeof url === 'string' ? { mediaId: null, url } : url;
  }

  delete(channelId: string, mediaId: string): Promise<true | Refusal> {
    return this.ask(channelId, (account, token) => account.articles.delete(mediaId, token));
  }

  async publish(channelId: string, mediaId: string, title: string): Promise<PublicationRow | Refusal> {
    const platformId = await this.ask(channelId, (account, token) => account.articles.publish(mediaId, token));
    if (typeof platformId !== 'string') return platformId;
    return this.db.write(() => this.repository.publicationBegun({ id: newId(), channelId, mediaId, title, platformId }));
  }

  async publications(channelId: string): Promise<PublicationRow[]> {
    await this.calls.open(channelId, officialOf);
    return this.db.read(() => this.repository.publications(channelId));
  }

  /** Ends told by callback. Joins the caller's write. */
  async ended(channelId: string, events: readonly (ChannelEvent & { type: 'article.published' })[]): Promise<void> {
    for (const { platformId, status, articleId, detail } of events) await this.repository.publicationEnded(channelId, { platformId, state: status, articleId, detail });
  }

  /** Asks about publications whose end was never told. */
  async reconcile(): Promise<void> {
    for (const { channelId, platformId } of await this.db.read(() => this.repository.overduePublications())) {
      const { channel, account } = await this.calls.open(channelId, officialOf);
      const now = await this.calls.ask(channel, (token) => account.articles.publication(platformId, token));
      if (!now.ok || now.value.status === 'running') continue;
      const { status: state, articleId, detail } = now.value;
      await this.db.write(() => this.repository.publicationEnded(channelId, { platformId, state, articleId: articleId || undefined, detail }));
    }
  }

  private async ask<T>(channelId: string, call: (account: OfficialAccount, token: string) => Promise<PlatformResult<T>>): Promise<T | Refusal> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    const result = await this.calls.ask(channel, (token) => call(account, token));
    return result.ok ? result.value : refusedBy(result);
  }
}
