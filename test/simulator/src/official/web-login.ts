import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import { jsonText } from '../json-text.ts';
import type { MiniProgram } from '../mini-program.ts';
import type { Person } from '../person.ts';
import { addRoute, serviceKinds, type Call } from '../platform/call.ts';
import type { WebGrant } from '../web-logins.ts';
import { errorPage } from '../webview-html.ts';
import type { World } from '../world.ts';

const SCOPES = ['snsapi_base', 'snsapi_userinfo'];

type Query = Record<string, string | undefined>;

/** Web login of service accounts: the page a person is sent to, and the calls that follow. */
export function addWebLoginRoutes(server: FastifyInstance, world: World): void {
  const kinds = serviceKinds;
  addRoute(server, world, { method: 'GET', path: '/sns/oauth2/access_token', auth: 'secret', kinds, handle: redeem });
  const anyone = (path: string, handle: (world: World, query: Query) => object): void => {
    server.get<{ Querystring: Query }>(path, async (req, reply) => {
      const app = world.apps.get(req.query['appid'] ?? '');
      app?.stats.call(path);
      return reply.type('application/json; charset=utf-8').send(jsonText(handle(world, req.query)));
    });
  };
  anyone('/sns/oauth2/refresh_token', refresh);
  anyone('/sns/auth', check);
  anyone('/sns/userinfo', userinfo);
  server.get<{ Querystring: Query }>('/connect/oauth2/authorize', (req, reply) => {
    const cookie = /(?:^|;\s*)sim_person=([^;]+)/.exec(req.headers.cookie ?? '')?.[1];
    const person = world.people.get(req.query['person'] ?? decodeURIComponent(cookie ?? ''));
    const result = authorise(world, person, req.query);
    if ('redirect' in result) return reply.redirect(result.redirect);
    return reply.type('text/html; charset=utf-8').send(errorPage('无法登录', result.error));
  });
}

/** What a person's agreement to an authorize address leads to. */
export function authorise(
  world: World,
  person: Person | undefined,
  query: Query,
  how: { agree?: boolean; snapshot?: boolean } = {},
): { redirect: string; code: string } | { error: string } {
  const app = world.apps.get(query['appid'] ?? '');
  if (!app || app.settings.kind !== 'service_account') return { error: '10005 该公众号没有网页授权权限' };
  const scope = query['scope'] ?? '';
  if (!SCOPES.includes(scope) || query['response_type'] !== 'code') return { error: '10005 scope 参数错误' };
  const state = query['state'] ?? '';
  if (!/^[a-zA-Z0-9]{0,128}$/.test(state)) return { error: '10013 state 参数错误' };
  const target = query['redirect_uri'] ?? '';
  if (!mayReturn(app, target)) return { error: '10003 redirect_uri 域名与后台配置不一致' };
  if (!person) return { error: '没有选择顾客：请在模拟手机里打开，或在地址后加上 person=' };
  if (how.agree === false && scope === 'snsapi_userinfo') return { error: '用户拒绝了授权' };
  const code = world.webLogins.issueCode({ app, member: app.member(person), scope, snapshot: how.snapshot === true }, world.clock.now());
  const redirect = new URL(target);
  redirect.searchParams.set('code', code);
  redirect.searchParams.set('state', state);
  return { redirect: redirect.href, code };
}

function mayReturn(app: MiniProgram, target: string): boolean {
  if (!URL.canParse(target)) return false;
  const { redirectDomain } = app.settings;
  const { host, hostname } = new URL(target);
  return redirectDomain === '' || redirectDomain === host || redirectDomain === hostname;
}

function redeem({ world, app, query, now }: Call): object {
  if (query['grant_type'] !== 'authorization_code') return refuse(40002);
  if (!query['code']) return refuse(41008);
  const grant = world.webLogins.redeem(query['code'], app, now);
  return typeof grant === 'number' ? refuse(grant) : answerTokens(world, grant, now);
}

/** The answer to a redeemed code or refresh token. */
export function answerTokens(world: World, grant: WebGrant, now: number): object {
  const { app, member, scope, snapshot } = grant;
  const unionid = scope === 'snsapi_userinfo' && app.settings.unionBound ? { unionid: app.unionid(member.person) } : {};
  return { ...world.webLogins.issueTokens(grant, now), openid: member.openid, scope, ...(snapshot ? { is_snapshotuser: 1 } : {}), ...unionid };
}

function refresh(world: World, query: Query): object {
  const app = world.apps.get(query['appid'] ?? '');
  if (!app) return refuse(40013);
  if (query['grant_type'] !== 'refresh_token') return refuse(40002);
  const now = world.clock.now();
  const grant = world.webLogins.byRefresh(query['refresh_token'] ?? '', app, now);
  return typeof grant === 'number' ? refuse(grant) : answerTokens(world, grant, now);
}

function check(world: World, query: Query): object {
  const grant = world.webLogins.byToken(query['access_token'] ?? '', query['openid'] ?? '', world.clock.now());
  return typeof grant === 'number' ? refuse(grant) : ok;
}

function userinfo(world: World, query: Query): object {
  const grant = world.webLogins.byToken(query['access_token'] ?? '', query['openid'] ?? '', world.clock.now());
  if (typeof grant === 'number') return refuse(grant);
  if (grant.scope !== 'snsapi_userinfo') return refuse(48001);
  const { app, member } = grant;
  return {
    openid: member.openid,
    nickname: grant.snapshot ? '微信用户' : member.person.name,
    sex: 0,
    province: '',
    city: '',
    country: '',
    headimgurl: `https://thirdwx.qlogo.cn/mmopen/sim/${member.openid}/132`,
    privilege: [],
    ...(app.settings.unionBound ? { unionid: app.unionid(member.person) } : {}),
  };
}
