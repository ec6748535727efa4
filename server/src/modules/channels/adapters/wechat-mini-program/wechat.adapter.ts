// WeChat mini program behind the platform contract: translation only, one instance per call.
import type {
  AdapterFactory, AdapterInput, Capabilities, CallbackFormat, ChannelAdapter, ChannelEvent, PlatformResult, PlatformSession, PlatformTemplate, SendRequest,
  SendResult, SubscriptionSend, WindowSend,
} from '../../adapter.js';
import { templateData, WeChatAccount } from '../wechat/wechat.account.js';
import { parseCallback } from '../wechat/wechat.parse.js';
import { EntryAddresses } from './entry-addresses.client.js';
import { PersonalData } from './personal-data.client.js';

const CAPABILITIES: Capabilities = {
  subscriptions: true, serviceWindow: true, login: true, templates: true, callbackFormats: ['json', 'xml'],
};

export class MiniProgram extends WeChatAccount {
  readonly capabilities = CAPABILITIES;
  /** Ways into the mini program from outside. */
  readonly addresses: EntryAddresses;
  /** Phone number and opened user data. */
  readonly personal: PersonalData;

  constructor(input: AdapterInput) {
    super(input);
    this.addresses = new EntryAddresses(this.client);
    this.personal = new PersonalData(this.client, input);
  }

  parse(payload: string, format: CallbackFormat): ChannelEvent[] {
    return parseCallback(payload, format);
  }

  exchangeCode(code: string): Promise<PlatformResult<PlatformSession>> {
    const query = { appid: this.input.channel.appId, secret: this.input.credentials.appSecret, js_code: code, grant_type: 'authorization_code' };
    return this.client.ask({ path: '/sns/jscode2session', query }, ({ openid, unionid, session_key: sessionKey }) =>
      typeof openid === 'string' && typeof sessionKey === 'string'
        ? { externalId: openid, unionId: typeof unionid === 'string' ? unionid : undefined, sessionKey }
        : undefined);
  }

  listTemplates(token: string): Promise<PlatformResult<PlatformTemplate[]>> {
    return this.subscriptionTemplates(token);
  }

  async send(request: SendRequest, token: string): Promise<SendResult> {
    switch (request.kind) {
      case 'subscription':
        return this.deliver({ path: '/cgi-bin/message/subscribe/send', token, body: subscriptionBody(request) });
      case 'window':
        return this.deliver({ path: '/cgi-bin/message/custom/send', token, body: windowBody(request) });
      default:
        return { outcome: 'unsupported' };
    }
  }
}

function subscriptionBody({ to, templateExternalId, data, page }: SubscriptionSend): unknown {
  return {
    touser: to,
    template_id: templateExternalId,
    ...(page === undefined ? {} : { page }),
    miniprogram_state: 'formal',
    lang: 'zh_CN',
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
      return { touser: to, msgtype: 'link', link: { title: content.title, description: content.description, url: content.url, thumb_url: content.thumbUrl } };
    case 'page':
      return { touser: to, msgtype: 'miniprogrampage', miniprogrampage: { title: content.title, pagepath: content.page, thumb_media_id: content.thumbMediaId } };
  }
}

/** The adapter of a channel as a mini program's; undefined for every other platform. */
export const miniProgramOf = (adapter: ChannelAdapter): MiniProgram | undefined => (adapter instanceof MiniProgram ? adapter : undefined);

export const wechatMiniProgram: AdapterFactory = (input) => new MiniProgram(input);
