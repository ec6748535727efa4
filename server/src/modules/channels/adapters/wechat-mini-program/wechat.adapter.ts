// WeChat mini program behind the platform contract: translation only, one instance per call.
import type {
  AccessToken, AdapterFactory, AdapterInput, Capabilities, CallbackFormat, ChannelAdapter, ChannelEvent, InboundRequest,
  PlatformResult, PlatformSession, PlatformTemplate, SendRequest, SendResult, SubscriptionSend, Verified, WindowSend,
} from '../../adapter.js';
import { WeChatClient, silent, wordOf } from '../wechat/wechat.client.js';
import { sendOutcomeOf } from '../wechat/wechat.errors.js';
import { fieldsOf } from '../wechat/wechat.fields.js';
import type { EnumValues } from '../wechat/wechat.fields.js';
import { parseCallback } from '../wechat/wechat.parse.js';
import { verifyCallback } from '../wechat/wechat.verify.js';

const CAPABILITIES: Capabilities = {
  subscriptions: true, serviceWindow: true, login: true, templates: true, callbackFormats: ['json', 'xml'],
};

class WeChatMiniProgram implements ChannelAdapter {
  readonly capabilities = CAPABILITIES;
  private readonly input: AdapterInput;
  private readonly client: WeChatClient;

  constructor(input: AdapterInput) {
    this.input = input;
    this.client = new WeChatClient(input.http, input.apiBase);
  }

  verify(request: InboundRequest): Verified {
    return verifyCallback(this.input, request);
  }

  ack(): { contentType: string; body: string } {
    return { contentType: 'text/plain; charset=utf-8', body: 'success' };
  }

  parse(payload: string, format: CallbackFormat): ChannelEvent[] {
    return parseCallback(payload, format);
  }

  issueToken(force: boolean): Promise<PlatformResult<AccessToken>> {
    const body = { grant_type: 'client_credential', appid: this.input.channel.appId, secret: this.input.credentials.appSecret, force_refresh: force };
    return this.client.ask({ path: '/cgi-bin/stable_token', query: {}, body }, ({ access_token: token, expires_in: seconds }) =>
      typeof token === 'string' && token !== '' ? { token, expiresInSeconds: Number(seconds) || 300 } : undefined);
  }

  exchangeCode(code: string): Promise<PlatformResult<PlatformSession>> {
    const query = { appid: this.input.channel.appId, secret: this.input.credentials.appSecret, js_code: code, grant_type: 'authorization_code' };
    return this.client.ask({ path: '/sns/jscode2session', query }, ({ openid, unionid, session_key: sessionKey }) =>
      typeof openid === 'string' && typeof sessionKey === 'string'
        ? { externalId: openid, unionId: typeof unionid === 'string' ? unionid : undefined, sessionKey }
        : undefined);
  }

  listTemplates(token: string): Promise<PlatformResult<PlatformTemplate[]>> {
    return this.client.ask({ path: '/wxaapi/newtmpl/gettemplate', query: { access_token: token } }, ({ data }) =>
      Array.isArray(data) ? data.flatMap((one: unknown) => templateOf(one) ?? []) : undefined);
  }

  async send(request: SendRequest, token: string): Promise<SendResult> {
    const path = request.kind === 'subscription' ? '/cgi-bin/message/subscribe/send' : '/cgi-bin/message/custom/send';
    const body = request.kind === 'subscription' ? subscriptionBody(request) : windowBody(request);
    const answer = await this.client.call({ path, query: { access_token: token }, body });
    if (answer.got === 'silence') {
      const { problem, code, detail } = silent(answer);
      return { outcome: 'upstream', mayHaveBeenSent: answer.reached, problem, code, detail };
    }
    if (answer.errcode !== 0) return sendOutcomeOf(answer.errcode, answer.errmsg, this.input.clock());
    const platformId = wordOf(answer.json['msgid']); // not promised by the platform
    return { outcome: 'accepted', ...(platformId === '' ? {} : { platformId }) };
  }
}

function subscriptionBody({ to, templateExternalId, data, page }: SubscriptionSend): unknown {
  return {
    touser: to,
    template_id: templateExternalId,
    ...(page === undefined ? {} : { page }),
    miniprogram_state: 'formal',
    lang: 'zh_CN',
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, { value }])),
  };
}

function windowBody({ to, content }: WindowSend): unknown {
  switch (content.type) {
    case 'text':
      return { touser: to, msgtype: 'text', text: { content: content.text } };
    case 'link':
      return { touser: to, msgtype: 'link', link: { title: content.title, description: content.description, url: content.url, thumb_url: content.thumbUrl } };
    case 'page':
      return { touser: to, msgtype: 'miniprogrampage', miniprogrampage: { title: content.title, pagepath: content.page, thumb_media_id: content.thumbMediaId } };
  }
}

function templateOf(value: unknown): PlatformTemplate | undefined {
  const { priTmplId, title, content, example, type, keywordEnumValueList } = (value ?? {}) as Record<string, unknown>;
  if (typeof priTmplId !== 'string' || typeof content !== 'string') return undefined;
  return {
    externalId: priTmplId,
    title: typeof title === 'string' ? title : '',
    kind: Number(type) === 3 ? 'long_term' : 'one_time',
    content,
    fields: fieldsOf(content, Array.isArray(keywordEnumValueList) ? (keywordEnumValueList as EnumValues[]) : []),
    example: typeof example === 'string' ? example : '',
  };
}

export const wechatMiniProgram: AdapterFactory = (input) => new WeChatMiniProgram(input);
