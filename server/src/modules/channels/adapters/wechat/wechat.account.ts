// What every WeChat account does alike: callbacks, token, templates with fields, and the reading of a send's answer.
import type {
  AccessToken, AdapterInput, CallbackFormat, Capabilities, ChannelAdapter, ChannelEvent, InboundRequest, PlatformResult, PlatformSession,
  PlatformTemplate, SendRequest, SendResult, Verified,
} from '../../adapter.js';
import { WeChatClient, silent, wordOf } from './wechat.client.js';
import { sendOutcomeOf } from './wechat.errors.js';
import { fieldsOf } from './wechat.fields.js';
import type { EnumValues } from './wechat.fields.js';
import { verifyCallback } from './wechat.verify.js';

export abstract class WeChatAccount implements ChannelAdapter {
  abstract readonly capabilities: Capabilities;
  readonly input: AdapterInput;
  readonly client: WeChatClient;

  constructor(input: AdapterInput) {
    this.input = input;
    this.client = new WeChatClient(input.http, input.apiBase);
  }

  abstract parse(payload: string, format: CallbackFormat): ChannelEvent[];
  abstract exchangeCode(code: string): Promise<PlatformResult<PlatformSession>>;
  abstract listTemplates(token: string): Promise<PlatformResult<PlatformTemplate[]>>;
  abstract send(request: SendRequest, token: string): Promise<SendResult>;

  verify(request: InboundRequest): Verified {
    return verifyCallback(this.input, request);
  }

  ack(): { contentType: string; body: string } {
    return { contentType: 'text/plain; charset=utf-8', body: 'success' };
  }

  issueToken(force: boolean): Promise<PlatformResult<AccessToken>> {
    const body = { grant_type: 'client_credential', appid: this.input.channel.appId, secret: this.input.credentials.appSecret, force_refresh: force };
    return this.client.ask({ path: '/cgi-bin/stable_token', query: {}, body }, ({ access_token: token, expires_in: seconds }) =>
      typeof token === 'string' && token !== '' ? { token, expiresInSeconds: Number(seconds) || 300 } : undefined);
  }

  /** The templates whose messages people subscribe to. */
  protected subscriptionTemplates(token: string): Promise<PlatformResult<PlatformTemplate[]>> {
    return this.client.ask({ path: '/wxaapi/newtmpl/gettemplate', query: { access_token: token } }, ({ data }) =>
      Array.isArray(data) ? data.flatMap((one: unknown) => templateOf(one) ?? []) : undefined);
  }

  /** One call that sends; `idField` is where the platform puts the message's id, if it gives one. */
  protected async deliver(call: { path: string; token: string; body: unknown }, idField = 'msgid'): Promise<SendResult> {
    const answer = await this.client.call({ path: call.path, query: { access_token: call.token }, body: call.body });
    if (answer.got === 'silence') {
      const { problem, code, detail } = silent(answer);
      return { outcome: 'upstream', mayHaveBeenSent: answer.reached, problem, code, detail };
    }
    const platformId = wordOf(answer.json[idField]); // not promised by the platform
    const named = platformId === '' ? {} : { platformId };
    if (answer.errcode === 0) return { outcome: 'accepted', ...named };
    const outcome = sendOutcomeOf(answer.errcode, answer.errmsg, this.input.clock());
    // "Done already" carries the id of the first time.
    return outcome.outcome === 'accepted' ? { ...outcome, ...named } : outcome;
  }
}

/** Key → value as templates want it. */
export const templateData = (data: Record<string, string>): Record<string, { value: string }> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, { value }]));

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
