// Login on a page in WeChat's own browser, which has no wx.login: the browser goes to WeChat, silently, and comes back with a code.
import { call } from './api.ts';
import { SIGN_IN, WECHAT_LOGIN, type SessionResult, type WeChatLogin } from './contract.ts';
import { randomId, recall, remember, visitorId } from './memory.ts';
import { canSignIn } from './wechat.ts';

/** One try in this time: who comes back without a code must not be sent round in a ring. */
const AGAIN_AFTER_MS = 600_000;

const isWeChatBrowser = (): boolean => /MicroMessenger/i.test(navigator.userAgent) && !canSignIn();

/** True while the browser is being sent away: then there is nothing to show. Never rejects; without WeChat's word the page goes on as in any browser. */
export async function passThroughWeChat(slug: string, go: (url: string) => void = (url) => location.replace(url)): Promise<boolean> {
  if (!isWeChatBrowser()) return false;
  try {
    const back = returned(slug);
    if (back) return await signIn(slug, back);
    return recall(key(slug, 'token')) === undefined && !triedLately(slug) && (await leave(slug, go));
  } catch {
    return false;
  }
}

async function leave(slug: string, go: (url: string) => void): Promise<boolean> {
  const state = randomId();
  const login = await call<WeChatLogin | null>(WECHAT_LOGIN, { slug, page: location.pathname + location.search, state }, { waits: [] });
  if (!login) return false;
  remember(key(slug, 'login'), JSON.stringify({ state, appId: login.appId, at: Date.now() }));
  go(login.url);
  return true;
}

async function signIn(slug: string, { appId, code }: { appId: string; code: string }): Promise<false> {
  const result = await call<SessionResult>(SIGN_IN, { slug, appId, code, visitorId: visitorId(slug) }, { waits: [] });
  if (result.__typename !== 'Refusal') remember(key(slug, 'token'), result.token);
  return false;
}

/** The code we came back with; only to a question of ours. It is taken out of the address, so that a shared link does not carry it. */
function returned(slug: string): { appId: string; code: string } | undefined {
  const query = new URLSearchParams(location.search);
  const [code, state, asked] = [query.get('code'), query.get('state'), askedBefore(slug)];
  if (!code || !state) return undefined;
  query.delete('code');
  query.delete('state');
  const rest = query.toString();
  history.replaceState(null, '', location.pathname + (rest && `?${rest}`));
  return asked?.state === state ? { appId: asked.appId, code } : undefined;
}

function triedLately(slug: string): boolean {
  const at = askedBefore(slug)?.at;
  return at !== undefined && Date.now() - at < AGAIN_AFTER_MS;
}

function askedBefore(slug: string): { state: string; appId: string; at: number } | undefined {
  const text = recall(key(slug, 'login'));
  return text === undefined ? undefined : (JSON.parse(text) as { state: string; appId: string; at: number });
}

const key = (slug: string, what: string): string => `huiliu.${slug}.${what}`;
