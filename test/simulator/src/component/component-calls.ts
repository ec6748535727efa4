import type { FastifyInstance } from 'fastify';
import { randomBytes } from 'node:crypto';
import { ok, refuse } from '../error-code.ts';
import { jsonText } from '../json-text.ts';
import type { MiniProgram } from '../mini-program.ts';
import { answerTokens } from '../official/web-login.ts';
import { underFault, type BadBody, type Fields } from '../platform/call.ts';
import type { World } from '../world.ts';
import type { Authorization, Component } from './component.ts';

const PREFIX = '/cgi-bin/component';
const LIST_MAX = 500;

interface ComponentCall {
  world: World;
  component: Component;
  query: Record<string, string | undefined>;
  body: Fields;
  now: number;
}

interface ComponentRoute {
  method: 'GET' | 'POST';
  path: string;
  auth: 'secret' | 'token';
  handle: (call: ComponentCall) => object;
}

/** The calls of a third-party platform. */
export function addComponentRoutes(server: FastifyInstance, world: World): void {
  const post = (name: string, auth: 'secret' | 'token', handle: ComponentRoute['handle']): void =>
    addRoute(server, world, { method: 'POST', path: `${PREFIX}/${name}`, auth, handle });
  post('api_start_push_ticket', 'secret', ({ component }) => {
    void component.pushTicket();
    return ok;
  });
  post('api_component_token', 'secret', componentToken);
  post('api_create_preauthcode', 'token', ({ component, now }) => component.issuePreAuthCode(now));
  post('api_query_auth', 'token', queryAuth);
  post('api_authorizer_token', 'token', refreshToken);
  post('api_get_authorizer_info', 'token', authorizerInfo);
  post('api_get_authorizer_list', 'token', authorizerList);
  addRoute(server, world, { method: 'GET', path: '/sns/component/jscode2session', auth: 'token', handle: codeToSession });
  addRoute(server, world, { method: 'GET', path: '/sns/oauth2/component/access_token', auth: 'token', handle: webLogin });
}

function addRoute(server: FastifyInstance, world: World, route: ComponentRoute): void {
  server.route<{ Querystring: ComponentCall['query'] }>({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const body = (request.body ?? {}) as Fields & Partial<BadBody>;
      const component = world.components.all.get(String(body['component_appid'] ?? request.query['component_appid'] ?? ''));
      component?.stats.call(route.path);
      return underFault(world.faults.forCall(route.path, component?.appid), reply, {
        kill: () => component?.killTokens(),
        answer: () => run(world, route, component, { query: request.query, body }),
        send: (result) => reply.type('application/json; charset=utf-8').send(jsonText(result)),
      });
    },
  });
}

function run(world: World, route: ComponentRoute, component: Component | undefined, { query, body }: Pick<ComponentCall, 'query' | 'body'>): object {
  const { badBody } = body as Partial<BadBody>;
  if (badBody !== undefined) return refuse(badBody);
  if (!component) return refuse(40013);
  const now = world.clock.now();
  const secret = body['component_appsecret'] ?? body['component_secret'];
  const denied = route.auth === 'secret' ? (secret === component.settings.secret ? 0 : 40125) : component.checkToken(query['component_access_token'], now);
  return denied === 0 ? route.handle({ world, component, query, body, now }) : refuse(denied);
}

function componentToken({ component, body, now }: ComponentCall): object {
  const denied = component.checkTicket(String(body['component_verify_ticket'] ?? ''), now);
  return denied === 0 ? component.issueToken(now) : refuse(denied);
}

function funcInfo({ funcs }: Authorization): object[] {
  return funcs.map((id) => ({ funcscope_category: { id } }));
}

function queryAuth({ world, component, body, now }: ComponentCall): object {
  const authorization = component.redeem(String(body['authorization_code'] ?? ''), now);
  const app = world.apps.get(authorization?.appid ?? '');
  if (!authorization || !app) return refuse(40029);
  const tokens = world.components.issueToken(app, authorization, now);
  return { authorization_info: { authorizer_appid: app.appid, ...tokens, authorizer_refresh_token: authorization.refreshToken, func_info: funcInfo(authorization) } };
}

/** The account a call names, when it is authorised. */
function authorized({ world, component, body }: ComponentCall): { app: MiniProgram; authorization: Authorization } | null {
  const authorization = component.authorizations.get(String(body['authorizer_appid'] ?? ''));
  const app = world.apps.get(authorization?.appid ?? '');
  return authorization && app ? { app, authorization } : null;
}

function refreshToken(call: ComponentCall): object {
  const found = authorized(call);
  if (!found) return refuse(61003);
  const { app, authorization } = found;
  if (call.body['authorizer_refresh_token'] !== authorization.refreshToken) return refuse(61023);
  return { ...call.world.components.issueToken(app, authorization, call.now), authorizer_refresh_token: authorization.refreshToken };
}

function authorizerInfo(call: ComponentCall): object {
  const found = authorized(call);
  if (!found) return refuse(61003);
  const { app, authorization } = found;
  const { kind, name, originalId } = app.settings;
  return {
    authorizer_info: {
      nick_name: name,
      head_img: '',
      service_type_info: { id: kind === 'service_account' ? 2 : 0 },
      verify_type_info: { id: 0 },
      user_name: originalId,
      principal_name: `${name}有限公司`,
      alias: '',
      qrcode_url: '',
      ...(kind === 'mini_program' ? { MiniProgramInfo: { network: {}, categories: [], visit_status: 0 } } : {}),
    },
    authorization_info: { authorizer_appid: app.appid, authorizer_refresh_token: authorization.refreshToken, func_info: funcInfo(authorization) },
  };
}

function authorizerList({ component, body }: ComponentCall): object {
  const { offset = 0, count = LIST_MAX } = body as { offset?: number; count?: number };
  if (!Number.isInteger(count) || count < 1 || count > LIST_MAX) return refuse(40097, 'count');
  const all = [...component.authorizations.values()];
  return { total_count: all.length, list: all.slice(offset, offset + count).map((one) => ({ authorizer_appid: one.appid, refresh_token: one.refreshToken, auth_time: one.at })) };
}

/** The authorised account a login names in its query, or the errcode. */
function loginApp({ world, component, query }: ComponentCall): MiniProgram | number {
  if (query['grant_type'] !== 'authorization_code') return 40002;
  const app = world.apps.get(query['appid'] ?? '');
  if (!app) return 40013;
  return component.authorizations.has(app.appid) ? app : 61003;
}

function codeToSession(call: ComponentCall): object {
  const app = loginApp(call);
  if (typeof app === 'number') return refuse(app);
  const member = call.world.codes.redeem(call.query['js_code'] ?? '', app.appid, call.now);
  if (typeof member === 'number') return refuse(member);
  member.sessionKey = randomBytes(16).toString('base64');
  return { session_key: member.sessionKey, openid: member.openid, ...(app.settings.unionBound ? { unionid: app.unionid(member.person) } : {}) };
}

function webLogin(call: ComponentCall): object {
  const app = loginApp(call);
  if (typeof app === 'number') return refuse(app);
  const grant = call.world.webLogins.redeem(call.query['code'] ?? '', app, call.now);
  return typeof grant === 'number' ? refuse(grant) : answerTokens(call.world, grant, call.now);
}
