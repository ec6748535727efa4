// WeChat official account (service and subscription account) behind the platform contract: translation only, one instance per call.
import type {
  AdapterFactory, AdapterInput, Capabilities, CallbackFormat, ChannelAdapter, ChannelEvent, LinkedPage, PlatformResult, PlatformSession,
  PlatformTemplate, PostSend, SendRequest, SendResult, SubscriptionSend, TemplateSend, WindowSend,
} from '../../adapter.js';
import { templateData, WeChatAccount } from '../wechat/wechat.account.js';
import { fieldsOf } from '../wechat/wechat.fields.js';
import { AccountTags } from './account-tags.client.js';
import { Articles } from './articles.client.js';
import { Followers } from './followers.client.js';
import { Menus } from './menus.client.js';
import { Posts } from './posts.client.js';
import { SceneCodes } from './scene-codes.client.js';
import { WebLogin } from './web-login.client.js';
import { parseOfficial } from './official.parse.js';

const CAPABILITIES: Capabilities = {
  subscriptions: true, serviceWindow: true, login: true, templates: true, callbackFormats: ['xml'],
};

export class OfficialAccount extends WeChatAccount {
  readonly capabilities = CAPABILITIES;
  readonly followers: Followers;
  readonly tags: AccountTags;
  readonly posts: Posts;
  readonly articles: Articles;
  readonly codes: SceneCodes;
  readonly menus: Menus;
  readonly web: WebLogin;

  constructor(input: AdapterInput) {
    super(input);
    this.followers = new Followers(this.client);
    this.tags = new AccountTags(this.client);
    this.posts = new Posts(this.client);
    this.articles = new Articles(this.client);
    this.codes = new SceneCodes(this.client);
    this.menus = new Menus(this.client);
    this.web = new WebLogin(this.client, input);
  }

  parse(payload: string, format: CallbackFormat): ChannelEvent[] {
    return parseOfficial(payload, format);
  }

  /** The code of a web page's login. The page's visitor may be a stand-in of the platform: that is nobody. */
  exchangeCode(code: string): Promise<PlatformResult<PlatformSession>> {
    return this.web.exchange(code);
  }

  /** Subscription templates and template messages; an account may have the right to only one of them. */
  async listTemplates(token: string): Promise<PlatformResult<PlatformTemplate[]>> {
    const [subscriptions, notices] = [await this.subscriptionTemplates(token), await this.noticeTemplates(token)];
    const [first, second] = [subscriptions, notices];
    if (first.ok && second.ok) return { ok: true, value: [...first.value, ...second.value] };
    if (isNoRight(first) && second.ok) return second;
    if (isNoRight(second) && first.ok) return first;
    return first.ok ? second : first;
  }

  async send(request: SendRequest, token: string): Promise<SendResult> {
    switch (request.kind) {
      case 'subscription':
        return this.deliver({ path: '/cgi-bin/message/subscribe/bizsend', token, body: subscriptionBody(request) });
      case 'template':
        return this.deliver({ path: '/cgi-bin/message/template/send', token, body: templateBody(request) });
      case 'window':
        return this.deliver({ path: '/cgi-bin/message/custom/send', token, body: windowBody(request) });
      default:
        return { outcome: 'unsupported' };
    }
  }

  postToMany(post: PostSend, token: string): Promise<SendResult> {
    return this.deliver({ path: Posts.pathOf(post), token, body: Posts.bodyOf(post) }, 'msg_id');
  }

  async postStatus(platformId: string, token: string): Promise<PlatformResult<'sending' | 'sent' | 'failed'>> {
    const state = await this.posts.state(platformId, token);
    if (!state.ok) return state;
    // A deleted post had been sent; a word we do not know decides nothing.
    if (state.value === 'failed') return { ok: true, value: 'failed' };
    return { ok: true, value: state.value === 'sent' || state.value === 'deleted' ? 'sent' : 'sending' };
  }

  private noticeTemplates(token: string): Promise<PlatformResult<PlatformTemplate[]>> {
    return this.client.ask({ path: '/cgi-bin/template/get_all_private_template', query: { access_token: token } }, ({ template_list: list }) =>
      Array.isArray(list) ? list.flatMap((one: unknown) => noticeOf(one) ?? []) : undefined);
  }
}

/** The adapter of a channel as an official account's; undefined for every other platform. */
export const officialOf = (adapter: ChannelAdapter): OfficialAccount | undefined => (adapter instanceof OfficialAccount ? adapter : undefined);

const isNoRight = (result: PlatformResult<unknown>): boolean => !result.ok && result.problem === 'no_permission';

const linked = ({ appId, page }: LinkedPage): unknown => ({ appid: appId, pagepath: page });

function subscriptionBody({ to, templateExternalId, data, page, miniProgram }: SubscriptionSend): unknown {
  return {
    touser: to,
    template_id: templateExternalId,
    ...(page === undefined ? {} : { page }),
    ...(miniProgram === undefined ? {} : { miniprogram: linked(miniProgram) }),
    data: templateData(data),
  };
}

function templateBody({ to, templateExternalId, data, url, miniProgram, clientId }: TemplateSend): unknown {
  return {
    touser: to,
    template_id: templateExternalId,
    ...(url === undefined ? {} : { url }),
    ...(miniProgram === undefined ? {} : { miniprogram: linked(miniProgram) }),
    ...(clientId === undefined ? {} : { client_msg_id: clientId }),
    data: templateData(data),
  };
}

function windowBody({ to, content }: WindowSend): unknown {
  switch (content.type) {
    case 'text':
      return { touser: to, msgtype: 'text', text: { content: content.text } };
    case 'image':
      return { touser: to, msgtype: 'image', image: { media_id: content.mediaId } };
    case 'link':
      return { touser: to, msgtype: 'news', news: { articles: [{ title: content.title, description: content.description, url: content.url, picurl: content.thumbUrl }] } };
    case 'page':
      return { touser: to, msgtype: 'miniprogrampage', miniprogrampage: { title: content.title, appid: content.appId ?? '', pagepath: content.page, thumb_media_id: content.thumbMediaId } };
  }
}

function noticeOf(value: unknown): PlatformTemplate | undefined {
  const { template_id: externalId, title, content, example } = (value ?? {}) as Record<string, unknown>;
  if (typeof externalId !== 'string' || typeof content !== 'string') return undefined;
  const text = (one: unknown): string => (typeof one === 'string' ? one : '');
  return { externalId, title: text(title), kind: 'notice', content, fields: fieldsOf(content), example: text(example) };
}

export const wechatOfficialAccount: AdapterFactory = (input) => new OfficialAccount(input);
