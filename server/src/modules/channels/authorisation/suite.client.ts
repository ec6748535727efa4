// The service provider's side of WeCom's API: a corp agrees to the provider-developed app and gives it a permanent code,
// which is that app's secret at that corp.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config, type ProviderApp } from '../../../config.js';
import { AppError } from '../../../core/errors/app-error.js';
import type { AccessToken, PlatformFailure, PlatformResult } from '../adapter.js';
import { WeChatClient, silent, wordOf } from '../adapters/wechat/wechat.client.js';
import { PlatformHttpClient } from '../platform-http.client.js';

export interface Install {
  corpId: string;
  name: string;
  agentId: string;
  permanentCode: string;
  /** What the merchant's code was made with; '' when they came by another way. */
  state: string;
}

// The suite's token was refused: another must be fetched.
const TOKEN_REFUSED = new Set([40014, 40082, 42001, 42009]);

@Injectable()
export class SuiteApi {
  private readonly client: WeChatClient;

  constructor(@Inject(CONFIG) private readonly config: Config, http: PlatformHttpClient) {
    this.client = new WeChatClient(http, config.wecomApiBase);
  }

  /** @throws bug when the operator has no such app: callers ask first. */
  get app(): ProviderApp {
    if (this.config.wecomSuite === undefined) throw new AppError('bug', 'No provider-developed app is configured.');
    return this.config.wecomSuite;
  }

  suiteToken(ticket: string): Promise<PlatformResult<AccessToken>> {
    const body = { suite_id: this.app.id, suite_secret: this.app.secret, suite_ticket: ticket };
    return this.ask('get_suite_token', {}, body, ({ suite_access_token: token, expires_in: seconds }) => tokenIn(token, seconds));
  }

  /** The address that merchants scan as a code; `state` (letters and digits, at most 32) comes back with the grant. */
  async codeAddress(state: string): Promise<PlatformResult<string>> {
    const { corpId, secret } = this.config.wecomProvider ?? { corpId: '', secret: '' };
    const provider = await this.ask('get_provider_token', {}, { corpid: corpId, provider_secret: secret }, ({ provider_access_token: token, expires_in: seconds }) => tokenIn(token, seconds));
    if (!provider.ok) return provider;
    const body = { state, templateid_list: [this.app.id] };
    return this.ask('get_customized_auth_url', { provider_access_token: provider.value.token }, body, ({ qrcode_url: url }) => (typeof url === 'string' && url !== '' ? url : undefined));
  }

  permanentCode(token: string, authCode: string): Promise<PlatformResult<Install>> {
    return this.ask('v2/get_permanent_code', { suite_access_token: token }, { auth_code: authCode }, installIn);
  }

  private async ask<T>(call: string, query: Record<string, string>, body: unknown, read: (json: Record<string, unknown>) => T | undefined): Promise<PlatformResult<T>> {
    const answer = await this.client.call({ path: `/cgi-bin/service/${call}`, query, body });
    if (answer.got === 'silence') return silent(answer);
    if (answer.errcode !== 0) return refused(answer.errcode, answer.errmsg);
    const value = read(answer.json);
    return value === undefined ? silent({ reached: true, detail: `unexpected answer from ${call}` }) : { ok: true, value };
  }
}

function refused(code: number, detail: string): PlatformFailure {
  if (TOKEN_REFUSED.has(code)) return { ok: false, kind: 'token_expired', problem: 'token_invalid', code, detail };
  if (code === 40085) return { ok: false, kind: 'upstream', problem: 'platform_app_not_ready', code, detail };
  if (code === -1) return { ok: false, kind: 'upstream', problem: 'platform_busy', code, detail };
  return { ok: false, kind: 'forbidden', problem: 'unknown', code, detail };
}

const tokenIn = (token: unknown, seconds: unknown): AccessToken | undefined =>
  typeof token === 'string' && token !== '' ? { token, expiresInSeconds: Number(seconds) || 300 } : undefined;

function installIn(json: Record<string, unknown>): Install | undefined {
  const corp = (json['auth_corp_info'] ?? {}) as Record<string, unknown>;
  const agents = ((json['auth_info'] ?? {}) as { agent?: unknown }).agent;
  const agent = (Array.isArray(agents) ? agents[0] : undefined) as Record<string, unknown> | undefined;
  const permanentCode = json['permanent_code'];
  const corpId = wordOf(corp['corpid']);
  if (typeof permanentCode !== 'string' || permanentCode === '' || corpId === '') return undefined;
  return { corpId, name: wordOf(corp['corp_name']), agentId: wordOf(agent?.['agentid']), permanentCode, state: wordOf(json['state']) };
}
