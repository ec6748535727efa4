// Login on a web page inside WeChat: where to send the browser, and who came back.
import type { AdapterInput, PlatformResult, PlatformSession } from '../../adapter.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

/** base: silent, gives the openid. userinfo: asks the person, gives the union id too. */
export type LoginScope = 'base' | 'userinfo';

export class WebLogin {
  private readonly client: WeChatClient;
  private readonly input: Pick<AdapterInput, 'channel' | 'credentials'>;

  constructor(client: WeChatClient, input: Pick<AdapterInput, 'channel' | 'credentials'>) {
    this.client = client;
    this.input = input;
  }

  /** The platform documents the order of these parameters. `state`: letters and digits, at most 128. */
  address(openBase: string, login: { redirectUri: string; scope: LoginScope; state: string; componentAppId?: string }): string {
    // The third-party platform that will trade the code, when the account has let one speak for it.
    const component = login.componentAppId === undefined ? '' : `&component_appid=${login.componentAppId}`;
    const query = `appid=${this.input.channel.appId}&redirect_uri=${encodeURIComponent(login.redirectUri)}&response_type=code&scope=snsapi_${login.scope}&state=${login.state}${component}`;
    return `${openBase}/connect/oauth2/authorize?${query}#wechat_redirect`;
  }

  async exchange(code: string): Promise<PlatformResult<PlatformSession>> {
    const query = { appid: this.input.channel.appId, secret: this.input.credentials.appSecret, code, grant_type: 'authorization_code' };
    return webSession(this.client, { path: '/sns/oauth2/access_token', query });
  }
}

/** Who came back with a code; the call says with whose proof it is traded. */
export async function webSession(client: WeChatClient, call: { path: string; query: Record<string, string> }): Promise<PlatformResult<PlatformSession>> {
  const got = await client.ask(call, (json) => (wordOf(json['openid']) === '' ? undefined : json));
  if (!got.ok) return got;
  // A page opened from a snapshot carries a stand-in made up by the platform: a person must not be made of it.
  if (Number(got.value['is_snapshotuser']) === 1) return { ok: false, kind: 'invalid', problem: 'snapshot_user', code: 0, detail: 'is_snapshotuser' };
  const unionId = wordOf(got.value['unionid']) || undefined;
  return { ok: true, value: { externalId: wordOf(got.value['openid']), unionId, sessionKey: '' } };
}
