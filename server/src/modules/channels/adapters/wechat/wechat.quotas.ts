// WeChat's own count of an account's calls.
import type { PlatformResult } from '../../adapter.js';
import type { WeChatAccount } from './wechat.account.js';

export interface ToldQuota {
  dailyLimit: number;
  used: number;
}

/** The day's limit and use of one interface. */
export function toldQuota(account: WeChatAccount, token: string, path: string): Promise<PlatformResult<ToldQuota>> {
  return account.client.ask({ path: '/cgi-bin/openapi/quota/get', query: { access_token: token }, body: { cgi_path: path } }, ({ quota }) => {
    const { daily_limit: limit, used } = (quota ?? {}) as Record<string, unknown>;
    // A limit of nothing is not a limit: it would stop an account that WeChat does not.
    return Number(limit) > 0 && Number(used) >= 0 ? { dailyLimit: Number(limit), used: Number(used) } : undefined;
  });
}

/** Sets all daily counts of the account back. */
export function clearQuota(account: WeChatAccount, token: string): Promise<PlatformResult<true>> {
  return account.client.ask({ path: '/cgi-bin/clear_quota', query: { access_token: token }, body: { appid: account.input.channel.appId } }, () => true as const);
}
