import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { invalid } from '../../../core/errors/app-error.js';
import { Can } from '../../../core/graphql/doors.js';
import { done, isRefusal, refusal } from '../../../core/graphql/refusal.js';
import type { PostContent, PostSend } from '../adapter.js';
import type { ArticleText } from '../adapters/wechat-official-account/articles.client.js';
import type { MenuButton } from '../adapters/wechat-official-account/menu.js';
import { AccountMenu } from './account-menu.service.js';
import { ArticleDesk } from './article-desk.service.js';
import { FollowerSync } from './follower-sync.service.js';
import { MassPosts } from './mass-posts.service.js';
import type { MassPostRow } from './posts.repository.js';

interface MassPostInput {
  everyone?: boolean | null;
  accountTagId?: number | null;
  contentType: string;
  content: string;
  requestKey: string;
  evenIfReprint?: boolean | null;
}

@Resolver()
export class OfficialResolver {
  constructor(
    private readonly followers: FollowerSync,
    private readonly menu: AccountMenu,
    private readonly posts: MassPosts,
    private readonly articles: ArticleDesk,
  ) {}

  @Query() @Can('channel.read')
  followerSync(@Args('channelId') channelId: string) {
    return this.followers.latest(channelId);
  }

  @Query() @Can('channel.read')
  followerCount(@Args('channelId') channelId: string): Promise<number> {
    return this.followers.count(channelId);
  }

  @Mutation() @Can('channel.manage')
  async startFollowerSync(@Args('channelId') channelId: string) {
    const sync = await this.followers.start(channelId, 'asked');
    return isRefusal(sync) ? sync : { __typename: 'FollowerSync', ...sync };
  }

  @Mutation() @Can('channel.manage')
  async stopFollowerSync(@Args('channelId') channelId: string) {
    await this.followers.stop(channelId);
    return done;
  }

  @Query() @Can('channel.read')
  async accountMenu(@Args('channelId') channelId: string) {
    const buttons = await this.menu.read(channelId);
    return isRefusal(buttons) ? buttons : { __typename: 'AccountMenu', buttons };
  }

  @Mutation() @Can('channel.manage')
  async publishAccountMenu(@Args('channelId') channelId: string, @Args('buttons') buttons: MenuButton[]) {
    return (await this.menu.publish(channelId, buttons)) ?? done;
  }

  @Mutation() @Can('channel.manage')
  async removeAccountMenu(@Args('channelId') channelId: string) {
    return (await this.menu.remove(channelId)) ?? done;
  }

  @Query() @Can('campaign.read')
  async massPosts(@Args('channelId') channelId: string) {
    return (await this.posts.list(channelId)).map(presentPost);
  }

  @Mutation() @Can('campaign.launch')
  async sendMassPost(@Args('channelId') channelId: string, @Args('input') input: MassPostInput) {
    await this.posts.check(channelId); // whose account it is comes before what is wrong with the post
    const { row, result } = await this.posts.send(channelId, postOf(input));
    if (result.outcome === 'accepted') return { __typename: 'MassPost', ...presentPost(row) };
    if (result.outcome === 'upstream' && result.mayHaveBeenSent) return refusal('post_unknown', { massPostId: row.id });
    return refusal('platform_refused', 'problem' in result ? { problem: result.problem, platformCode: result.code } : {});
  }

  @Mutation() @Can('campaign.launch')
  async previewMassPost(@Args('channelId') channelId: string, @Args('openid') openid: string, @Args('input') input: MassPostInput) {
    await this.posts.check(channelId);
    return (await this.posts.preview(channelId, openid, contentOf(input))) ?? done;
  }

  @Mutation() @Can('campaign.launch')
  async deleteMassPost(@Args('id') id: string) {
    return (await this.posts.delete(id)) ?? done;
  }

  @Query() @Can('campaign.read')
  async articleDrafts(@Args('channelId') channelId: string, @Args('offset') offset: number) {
    const drafts = await this.articles.drafts(channelId, offset);
    return isRefusal(drafts) ? drafts : { __typename: 'ArticleDrafts', ...drafts };
  }

  @Mutation() @Can('campaign.manage')
  async saveArticleDraft(@Args('channelId') channelId: string, @Args('input') input: ArticleText, @Args('mediaId') mediaId?: string | null) {
    const saved = await this.articles.save(channelId, mediaId ?? undefined, input);
    return typeof saved === 'string' ? { __typename: 'SavedDraft', mediaId: saved } : saved;
  }

  @Mutation() @Can('campaign.manage')
  async uploadArticlePicture(@Args('channelId') channelId: string, @Args('data') data: string, @Args('use') use: 'cover' | 'inline') {
    const picture = await this.articles.addPicture(channelId, data, use);
    return isRefusal(picture) ? picture : { __typename: 'ArticlePicture', ...picture };
  }

  @Mutation() @Can('campaign.manage')
  async deleteArticleDraft(@Args('channelId') channelId: string, @Args('mediaId') mediaId: string) {
    const deleted = await this.articles.delete(channelId, mediaId);
    return deleted === true ? done : deleted;
  }

  @Mutation() @Can('campaign.launch')
  async publishArticle(@Args('channelId') channelId: string, @Args('mediaId') mediaId: string, @Args('title') title?: string | null) {
    const publication = await this.articles.publish(channelId, mediaId, title ?? '');
    return isRefusal(publication) ? publication : { __typename: 'Publication', ...publication };
  }

  @Query() @Can('campaign.read')
  publications(@Args('channelId') channelId: string) {
    return this.articles.publications(channelId);
  }
}

function presentPost({ reach, content, ...row }: MassPostRow) {
  return {
    ...row,
    reach: 'everyone' in reach ? 'everyone' : 'tagId' in reach ? 'tag' : 'people',
    contentType: content.type,
    content: content.type === 'text' ? content.text : content.type === 'images' ? content.mediaIds.join(' ') : content.mediaId,
  };
}

function contentOf({ contentType, content }: MassPostInput): PostContent {
  if (content.trim() === '') throw invalid('content', 'required', 'Say what to post.');
  if (contentType === 'text') return { type: 'text', text: content };
  if (contentType === 'article' || contentType === 'voice' || contentType === 'video') return { type: contentType, mediaId: content };
  throw invalid('contentType', 'bad_format', 'Choose text, article, voice or video.');
}

function postOf(input: MassPostInput): PostSend {
  if (!/^[A-Za-z0-9-]{1,32}$/u.test(input.requestKey)) throw invalid('requestKey', 'bad_format', 'Up to 32 letters, digits or "-".');
  const tagId = input.accountTagId ?? undefined;
  if ((input.everyone === true) === (tagId !== undefined)) throw invalid('everyone', 'required', 'Say whom to reach: everyone, or the followers with one tag.');
  return { to: tagId === undefined ? { everyone: true } : { tagId }, content: contentOf(input), clientMsgId: input.requestKey, evenIfReprint: input.evenIfReprint === true };
}
