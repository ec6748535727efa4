import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import { attribute, errorPage } from '../webview-html.ts';

type Query = Record<string, string | undefined>;

/** The page a merchant opens to let a platform act for an account; in place of a scan it lists the accounts. */
export function addComponentPage(server: FastifyInstance, world: World): void {
  server.get<{ Querystring: Query }>('/cgi-bin/componentloginpage', (req, reply) => {
    reply.type('text/html; charset=utf-8');
    const component = world.components.all.get(req.query['component_appid'] ?? '');
    if (!component) return reply.send(errorPage('无法授权', '第三方平台不存在'));
    const code = req.query['pre_auth_code'] ?? '';
    if (!component.knowsPreAuthCode(code, world.clock.now())) return reply.send(errorPage('无法授权', '预授权码无效或已过期，请回到商家后台重新打开'));
    const back = req.query['redirect_uri'] ?? '';
    if (!URL.canParse(back)) return reply.send(errorPage('无法授权', '回调地址不正确'));
    const chosen = world.apps.get(req.query['appid'] ?? '');
    if (chosen) {
      const { authCode, expiresIn } = component.authorise(chosen, { preAuthCode: code });
      return reply.redirect(backTo(back, authCode, expiresIn));
    }
    const accounts = [...world.apps.values()].filter((app) => fits(req.query['auth_type'], app.isOfficial));
    return reply.send(page(component.settings.name, req.query, accounts.map((app) => ({ appid: app.appid, name: app.settings.name, kind: app.settings.kind }))));
  });
}

/** The address a merchant is sent back to. */
export function backTo(redirectUri: string, authCode: string, expiresIn: number): string {
  const url = new URL(redirectUri);
  url.searchParams.set('auth_code', authCode);
  url.searchParams.set('expires_in', String(expiresIn));
  return url.href;
}

/** `auth_type` 1 asks for official accounts, 2 for mini programs, anything else for both. */
function fits(authType: string | undefined, isOfficial: boolean): boolean {
  if (authType === '1') return isOfficial;
  return authType === '2' ? !isOfficial : true;
}

const kinds = { mini_program: '小程序', service_account: '服务号', subscription_account: '公众号' };

function page(platform: string, query: Query, accounts: { appid: string; name: string; kind: keyof typeof kinds }[]): string {
  const kept = Object.entries(query).map(([key, value]) => `<input type="hidden" name="${attribute(key)}" value="${attribute(value ?? '')}">`).join('');
  const buttons = accounts
    .map(({ appid, name, kind }) => `<li><button name="appid" value="${attribute(appid)}"><strong>${attribute(name)}</strong><small>${kinds[kind]} · ${attribute(appid)}</small></button></li>`)
    .join('');
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>账号授权</title>
<style>body{font:16px/1.6 system-ui,sans-serif;color:#222;background:#f5f5f5;margin:0;padding:8vh 20px}main{max-width:420px;margin:auto;background:#fff;border-radius:8px;padding:28px}
h1{font-size:20px;margin:0 0 4px}p{color:#666;font-size:14px;margin:0 0 20px}ul{list-style:none;margin:0;padding:0;display:grid;gap:10px}
button{width:100%;text-align:left;font:inherit;padding:12px 14px;border:1px solid #ddd;border-radius:6px;background:#fff;cursor:pointer}button:hover,button:focus-visible{border-color:#07c160;outline:none;box-shadow:0 0 0 2px #07c16033}
small{display:block;color:#888}</style></head>
<body><main><h1>授权给 ${attribute(platform)}</h1><p>真实平台上由账号管理员用微信扫码；这里请选择要授权的账号。</p><form method="get">${kept}<ul>${buttons || '<li>没有可以授权的账号</li>'}</ul></form></main></body></html>`;
}
