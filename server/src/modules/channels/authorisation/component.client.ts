// The third-party platform's side of WeChat's API: how the operator's app is known, and how it comes to speak for a merchant.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config, type ProviderApp } from '../../../config.js';
import { AppError } from '../../../core/errors/app-error.js';
import type { AccessToken, PlatformResult, PlatformSession } from '../adapter.js';
import { WeChatClient, wordOf } from '../adapters/wechat/wechat.client.js';
import { webSession } from '../adapters/wechat-official-account/web-login.client.js';
import { PlatformHttpClient } from '../platform-http.client.js';
import { readAccount, readPermissions, type AuthorisedAccount } from './grant.js';

export interface Granted {
  appId: string;
  refreshToken: string;
  permissions: number[];
}

@Injectable()
export class ComponentApi {
  private readonly client: WeChatClient;

  constructor(@Inject(CONFIG) private readonly config: Config, http: PlatformHttpClient) {
    this.client = new WeChatClient(http, config.wechatApiBase);
  }

  /** @throws bug when the operator has no platform app: callers ask first. */
  get app(): ProviderApp {
    if (this.config.component === undefined) throw new AppError('bug', 'No third-party platform is configured.');
    return this.config.component;
  }

  /** Asks WeChat to push the verify ticket again. */
  startPushTicket(): Promise<PlatformResult<true>> {
    return this.client.ask({ path: '/cgi-bin/component/api_start_push_ticket', query: {}, body: { component_appid: this.app.id, component_secret: this.app.secret } }, () => true as const);
  }

  componentToken(ticket: string): Promise<PlatformResult<AccessToken>> {
    const body = { component_appid: this.app.id, component_appsecret: this.app.secret, component_verify_ticket: ticket };
    return this.client.ask({ path: '/cgi-bin/component/api_component_token', query: {}, body }, (json) => tokenIn(json, 'component_access_token'));
  }

  preAuthCode(token: string): Promise<PlatformResult<{ code: string; expiresInSeconds: number }>> {
    return this.ask('api_create_preauthcode', token, {}, ({ pre_auth_code: code, expires_in: seconds }) =>
      typeof code === 'string' && code !== '' ? { code, expiresInSeconds: Number(seconds) || 600 } : undefined);
  }

  queryAuth(token: string, authCode: string): Promise<PlatformResult<Granted>> {
    return this.ask('api_query_auth', token, { authorization_code: authCode }, ({ authorization_info: info }) => grantedIn(info));
  }

  /** A new token for the merchant's account, and the refresh token that takes the old one's place. */
  authorizerToken(token: string, appId: string, refreshToken: string): Promise<PlatformResult<AccessToken & { refreshToken: string }>> {
    return this.ask('api_authorizer_token', token, { authorizer_appid: appId, authorizer_refresh_token: refreshToken }, (json) => {
      const issued = tokenIn(json, 'authorizer_access_token');
      return issued && { ...issued, refreshToken: wordOf(json['authorizer_refresh_token']) || refreshToken };
    });
  }

  account(token: string, appId: string): Promise<PlatformResult<AuthorisedAccount>> {
    return this.ask('api_get_authorizer_info', token, { authorizer_appid: appId }, (json) => readAccount(json));
  }

  /** A customer's login in a mini program that we speak for: we have no secret of it, so our own app's token vouches. */
  session(token: string, appId: string, code: string): Promise<PlatformResult<PlatformSession>> {
    const query = { appid: appId, js_code: code, grant_type: 'authorization_code', component_appid: this.app.id, component_access_token: token };
    return this.client.ask({ path: '/sns/component/jscode2session', query }, ({ openid, unionid, session_key: sessionKey }) =>
      typeof openid === 'string' && typeof sessionKey === 'string' ? { externalId: openid, unionId: typeof unionid === 'string' ? unionid : undefined, sessionKey } : undefined);
  }

  /** The same for a web page inside WeChat, at an official account. */
  webSession(token: string, appId: string, code: string): Promise<PlatformResult<PlatformSession>> {
    const query = { appid: appId, code, grant_type: 'authorization_code', component_appid: this.app.id, component_access_token: token };
    return webSession(this.client, { path: '/sns/oauth2/component/access_token', query });
  }

  private ask<T>(call: string, token: string, body: Record<string, string>, read: (json: Record<string, unknown>) => T | undefined): Promise<PlatformResult<T>> {
    return this.client.ask({ path: `/cgi-bin/component/${call}`, query: { component_access_token: token }, body: { component_appid: this.app.id, ...body } }, read);
  }
}

function tokenIn(json: Record<string, unknown>, key: string): AccessToken | undefined {
  const token = json[key];
  return typeof token === 'string' && token !== '' ? { token, expiresInSeconds: Number(json['expires_in']) || 300 } : undefined;
}

function grantedIn(info: unknown): Granted | undefined {
  const { authorizer_appid: appId, authorizer_refresh_token: refreshToken, func_info: permissions } = (info ?? {}) as Record<string, unknown>;
  if (typeof appId !== 'string' || typeof refreshToken !== 'string') return undefined;
  return { appId, refreshToken, permissions: readPermissions(permissions) };
}
