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

const LIMITS: [field: 'title' | 'author' | 'digest' | 'content', max: number][] = [['title', 32], ['author', 16], ['digest', 128], ['content', 20_000]];

@Injectable()
export class ArticleDesk {
  constructor(private readonly db: TenantDb, private readonly repository: PostsRepository, private readonly calls: PlatformCalls) {}

  drafts(channelId: string, offset: number): Promise<{ total: number; items: Draft[] } | Refusal> {
    return this.ask(channelId, (account, token) => account.articles.drafts(offset, token));
  }

  /** A new draft, or a changed first article; gives its media id. @throws INVALID naming the field */
  async save(channelId: string, mediaId: string | undefined, article: ArticleText): Promise<string | Refusal> {
    if (article.title.trim() === '') throw invalid('title', 'required', 'Give the article a title.');
    for (const [field, max] of LIMITS) if (Array.from(article[field]).length > max) throw invalid(field, 'too_long', `At most ${max} characters.`, { max });
    if (article.thumbMediaId === '') throw invalid('thumbMediaId', 'required', 'Choose a cover picture of the account.');
    if (mediaId === undefined) return this.ask(channelId, (account, token) => account.articles.add([article], token));
    const saved = await this.ask(channelId, (account, token) => account.articles.update(mediaId, 0, article, token));
    return saved === true ? mediaId : saved;
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
