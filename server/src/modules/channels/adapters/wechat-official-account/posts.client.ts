// Mass posts: their bodies, and what may be done with one afterwards.
import type { PlatformResult, PostContent, PostSend } from '../../adapter.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export type PostState = 'sending' | 'sent' | 'failed' | 'deleted' | 'unknown';

const STATES: Record<string, PostState> = { SEND_SUCCESS: 'sent', SENDING: 'sending', SEND_FAIL: 'failed', DELETE: 'deleted' };

export class Posts {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** By list of people there is a call of its own. */
  static pathOf(post: PostSend): string {
    return 'people' in post.to ? '/cgi-bin/message/mass/send' : '/cgi-bin/message/mass/sendall';
  }

  static bodyOf({ to, content, clientMsgId, evenIfReprint }: PostSend): unknown {
    const reach = 'people' in to ? { touser: to.people } : { filter: 'tagId' in to ? { is_to_all: false, tag_id: to.tagId } : { is_to_all: true } };
    return { ...reach, ...contentOf(content), ...(content.type === 'article' ? { send_ignore_reprint: evenIfReprint === true ? 1 : 0 } : {}), clientmsgid: clientMsgId };
  }

  /** Shows the post to one person only. */
  preview(openid: string, content: PostContent, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/message/mass/preview', query: { access_token: token }, body: { touser: openid, ...contentOf(content) } }, () => true);
  }

  /** Ends the detail page of an article or video; what stands in chats stays. */
  delete(platformId: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/message/mass/delete', query: { access_token: token }, body: { msg_id: platformId, article_idx: 0 } }, () => true);
  }

  /** For a post whose finish event was lost. */
  state(platformId: string, token: string): Promise<PlatformResult<PostState>> {
    return this.client.ask({ path: '/cgi-bin/message/mass/get', query: { access_token: token }, body: { msg_id: platformId } }, (json) =>
      STATES[wordOf(json['msg_status'])] ?? 'unknown');
  }
}

function contentOf(content: PostContent): Record<string, unknown> {
  switch (content.type) {
    case 'text':
      return { msgtype: 'text', text: { content: content.text } };
    case 'article':
      return { msgtype: 'mpnews', mpnews: { media_id: content.mediaId } };
    case 'images':
      return { msgtype: 'image', images: { media_ids: content.mediaIds, recommend: content.recommend ?? '', need_open_comment: 0, only_fans_can_comment: 0 } };
    case 'voice':
      return { msgtype: 'voice', voice: { media_id: content.mediaId } };
    case 'video':
      return { msgtype: 'mpvideo', mpvideo: { media_id: content.mediaId } };
  }
}
