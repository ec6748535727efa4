// WeChat Customer Service (微信客服) behind the platform contract: WeCom's seal and tokens, messages of its own.
import type {
  AccessToken, AdapterFactory, AdapterInput, CallbackFormat, Capabilities, ChannelAdapter, ChannelEvent, InboundRequest, PlatformFailure, PlatformResult,
  PlatformSession, PlatformTemplate, SendRequest, SendResult, Verified, WindowSend,
} from '../../adapter.js';
import { silent, WeChatClient, wordOf } from '../wechat/wechat.client.js';
import { wecomFailure, wecomSendOutcome } from '../wecom/wecom.errors.js';
import { parseWecom } from '../wecom/wecom.parse.js';
import { verifyWecom } from '../wecom/wecom.verify.js';
import { KfDesk } from './kf-desk.client.js';
import { parseKfRow } from './kf.parse.js';

const CAPABILITIES: Capabilities = { subscriptions: false, serviceWindow: true, login: false, templates: false, callbackFormats: ['xml'] };

export class WechatKf implements ChannelAdapter {
  readonly capabilities = CAPABILITIES;
  readonly desk: KfDesk;
  private readonly input: AdapterInput;
  private readonly client: WeChatClient;

  constructor(input: AdapterInput) {
    this.input = input;
    this.client = new WeChatClient(input.http, input.apiBase, wecomFailure);
    this.desk = new KfDesk(this.client);
  }

  verify(request: InboundRequest): Verified {
    return verifyWecom(this.input, request);
  }

  ack(): { contentType: string; body: string } {
    return { contentType: 'text/plain; charset=utf-8', body: 'success' };
  }

  /** XML: the push. JSON: a row that the push made us fetch. */
  parse(payload: string, format: CallbackFormat): ChannelEvent[] {
    return format === 'json' ? parseKfRow(payload) : parseWecom(payload, format);
  }

  issueToken(): Promise<PlatformResult<AccessToken>> {
    const query = { corpid: this.input.channel.appId, corpsecret: this.input.credentials.appSecret };
    return this.client.ask({ path: '/cgi-bin/gettoken', query }, ({ access_token: token, expires_in: seconds }) =>
      typeof token === 'string' && token !== '' ? { token, expiresInSeconds: Number(seconds) || 300 } : undefined);
  }

  exchangeCode(): Promise<PlatformResult<PlatformSession>> {
    return Promise.resolve(UNSUPPORTED);
  }

  listTemplates(): Promise<PlatformResult<PlatformTemplate[]>> {
    return Promise.resolve({ ok: true, value: [] });
  }

  async send(request: SendRequest, token: string): Promise<SendResult> {
    if (request.kind !== 'window') return { outcome: 'unsupported' };
    const content = contentOf(request.content);
    if (content === undefined) return { outcome: 'unsupported' };
    const id = request.clientId === undefined ? {} : { msgid: request.clientId };
    if (request.welcomeCode !== undefined) return this.deliver('send_msg_on_event', { code: request.welcomeCode, ...id, ...content }, token);
    const accountId = request.accountId ?? wordOf(this.input.channel.settings['openKfId']);
    if (accountId === '') return { outcome: 'unsupported' };
    return this.deliver('send_msg', { touser: request.to, open_kfid: accountId, ...id, ...content }, token);
  }

  private async deliver(name: string, body: object, token: string): Promise<SendResult> {
    const answer = await this.client.call({ path: `/cgi-bin/kf/${name}`, query: { access_token: token }, body });
    if (answer.got === 'silence') {
      const { problem, code, detail } = silent(answer);
      return { outcome: 'upstream', mayHaveBeenSent: answer.reached, problem, code, detail };
    }
    if (answer.errcode !== 0) return wecomSendOutcome(answer.errcode, answer.errmsg);
    const platformId = wordOf(answer.json['msgid']);
    return { outcome: 'accepted', ...(platformId === '' ? {} : { platformId }) };
  }
}

const UNSUPPORTED: PlatformFailure = { ok: false, kind: 'invalid', problem: 'no_permission', code: 0, detail: 'WeChat Customer Service signs nobody in' };

function contentOf(content: WindowSend['content']): object | undefined {
  switch (content.type) {
    case 'text':
      return { msgtype: 'text', text: { content: content.text } };
    case 'image':
      return { msgtype: 'image', image: { media_id: content.mediaId } };
    case 'page':
      if (content.appId === undefined) return undefined;
      return { msgtype: 'miniprogram', miniprogram: { appid: content.appId, title: content.title, thumb_media_id: content.thumbMediaId, pagepath: content.page } };
    case 'link':
      // The platform wants an uploaded picture here, and we have an address.
      return undefined;
  }
}

/** The adapter of a channel as customer service; undefined for every other platform. */
export const kfOf = (adapter: ChannelAdapter): WechatKf | undefined => (adapter instanceof WechatKf ? adapter : undefined);

export const wechatKf: AdapterFactory = (input) => new WechatKf(input);
