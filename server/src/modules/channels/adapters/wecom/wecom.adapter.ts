// WeCom (企业微信) behind the platform contract: translation only, one instance per call.
import type {
  AccessToken, AdapterFactory, AdapterInput, CallbackFormat, Capabilities, ChannelAdapter, ChannelEvent, ContactTaskCreated, ContactTaskPage, ContactTaskSend,
  InboundRequest, PlatformFailure, PlatformResult, PlatformSession, PlatformTemplate, SendRequest, SendResult, Verified,
} from '../../adapter.js';
import { silent, WeChatClient, wordOf } from '../wechat/wechat.client.js';
import { ContactTasks } from './contact-tasks.client.js';
import { ContactWays } from './contact-ways.client.js';
import { Contacts, wordsOf } from './contacts.client.js';
import { CorpTags } from './corp-tags.client.js';
import { CustomerGroups } from './customer-groups.client.js';
import { Moments } from './moments.client.js';
import { wecomFailure, wecomSendOutcome } from './wecom.errors.js';
import { parseWecom } from './wecom.parse.js';
import { verifyWecom } from './wecom.verify.js';
import type { WelcomeContent } from './welcome-content.js';

// An employee's words reach a customer only by a task or as a welcome: there is no window and no subscription.
const CAPABILITIES: Capabilities = { subscriptions: false, serviceWindow: false, login: false, templates: false, callbackFormats: ['xml'] };

export class Wecom implements ChannelAdapter {
  readonly capabilities = CAPABILITIES;
  readonly input: AdapterInput;
  readonly client: WeChatClient;
  readonly contacts: Contacts;
  readonly ways: ContactWays;
  readonly tags: CorpTags;
  readonly tasks: ContactTasks;
  readonly groups: CustomerGroups;
  readonly moments: Moments;

  constructor(input: AdapterInput) {
    this.input = input;
    this.client = new WeChatClient(input.http, input.apiBase, wecomFailure);
    this.contacts = new Contacts(this.client);
    this.ways = new ContactWays(this.client);
    this.tags = new CorpTags(this.client);
    this.tasks = new ContactTasks(this.client);
    this.groups = new CustomerGroups(this.client);
    this.moments = new Moments(this.client);
  }

  verify(request: InboundRequest): Verified {
    return verifyWecom(this.input, request);
  }

  ack(): { contentType: string; body: string } {
    return { contentType: 'text/plain; charset=utf-8', body: 'success' };
  }

  parse(payload: string, format: CallbackFormat): ChannelEvent[] {
    return parseWecom(payload, format);
  }

  /** The platform has no way to force another token. A provider-developed app's permanent code stands where the secret does. */
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

  /** Only a welcome can be sent directly. */
  async send(request: SendRequest, token: string): Promise<SendResult> {
    if (request.kind !== 'window' || request.welcomeCode === undefined) return { outcome: 'unsupported' };
    const { content } = request;
    return this.welcome(request.welcomeCode, content.type === 'text' ? { text: content.text } : { text: '', attachment: content }, token);
  }

  /** Within 20 seconds of the callback that gave the code, once. Accepted also when the chat had begun: there is nothing left to say. */
  async welcome(code: string, { text, attachment }: WelcomeContent, token: string): Promise<SendResult> {
    const body = { welcome_code: code, ...(text === '' ? {} : { text: { content: text } }), ...(attachment === undefined ? {} : { attachments: [attachmentOf(attachment)] }) };
    return (await this.deliver('send_welcome_msg', token, body)).result;
  }

  async createContactTask(task: ContactTaskSend, token: string): Promise<ContactTaskCreated> {
    const { result, json } = await this.deliver('add_msg_template', token, ContactTasks.bodyOf(task));
    const rejected = wordsOf(json['fail_list']) ?? [];
    if (result.outcome !== 'accepted') return result;
    return { ...result, platformId: wordOf(json['msgid']), ...(rejected.length > 0 ? { rejected } : {}) };
  }

  contactTaskResults(taskId: string, cursor: string | undefined, token: string): Promise<PlatformResult<ContactTaskPage>> {
    return this.tasks.results(taskId, cursor, token);
  }

  remindContactTask(taskId: string, token: string): Promise<PlatformResult<undefined>> {
    return this.tasks.remind(taskId, token);
  }

  cancelContactTask(taskId: string, token: string): Promise<PlatformResult<undefined>> {
    return this.tasks.cancel(taskId, token);
  }

  private async deliver(name: string, token: string, body: unknown): Promise<{ result: SendResult; json: Record<string, unknown> }> {
    const answer = await this.client.call({ path: `/cgi-bin/externalcontact/${name}`, query: { access_token: token }, body });
    if (answer.got === 'silence') {
      const { problem, code, detail } = silent(answer);
      return { result: { outcome: 'upstream', mayHaveBeenSent: answer.reached, problem, code, detail }, json: {} };
    }
    const result: SendResult = answer.errcode === 0 ? { outcome: 'accepted' } : wecomSendOutcome(answer.errcode, answer.errmsg);
    return { result, json: answer.json };
  }
}

const UNSUPPORTED: PlatformFailure = { ok: false, kind: 'invalid', problem: 'no_permission', code: 0, detail: 'WeCom signs nobody in here' };

function attachmentOf(content: NonNullable<WelcomeContent['attachment']>): object {
  switch (content.type) {
    case 'image':
      return { msgtype: 'image', image: { media_id: content.mediaId } };
    case 'link':
      return { msgtype: 'link', link: { title: content.title, picurl: content.thumbUrl, desc: content.description, url: content.url } };
    case 'page':
      return { msgtype: 'miniprogram', miniprogram: { title: content.title, pic_media_id: content.thumbMediaId, appid: content.appId ?? '', page: content.page } };
  }
}

/** The adapter of a channel as WeCom's; undefined for every other platform. */
export const wecomOf = (adapter: ChannelAdapter): Wecom | undefined => (adapter instanceof Wecom ? adapter : undefined);

export const wecom: AdapterFactory = (input) => new Wecom(input);
