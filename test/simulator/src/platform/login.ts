import type { FastifyInstance } from 'fastify';
import { randomBytes } from 'node:crypto';
import { ok, refuse } from '../error-code.ts';
import { sessionSignature } from '../session-crypto.ts';
import type { World } from '../world.ts';
import { addRoute, type Call } from './call.ts';

const LOGINS_PER_MINUTE = 100;

/** Mini-program login: a code becomes openid and session key. */
export function addLoginRoutes(server: FastifyInstance, world: World): void {
  addRoute(server, world, { method: 'GET', path: '/sns/jscode2session', auth: 'secret', handle: codeToSession });
  addRoute(server, world, { method: 'GET', path: '/wxa/checksession', auth: 'token', handle: checkSession });
  addRoute(server, world, { method: 'GET', path: '/wxa/resetusersessionkey', auth: 'token', handle: resetSession });
}

function codeToSession({ world, app, query, now }: Call): object {
  if (query['grant_type'] !== 'authorization_code') return refuse(40002);
  if (!query['js_code']) return refuse(41008);
  const member = world.codes.redeem(query['js_code'], app.appid, now);
  if (typeof member === 'number') return refuse(member);
  if (!member.countLogin(now, LOGINS_PER_MINUTE)) return refuse(45011);
  member.sessionKey = randomBytes(16).toString('base64');
  return {
    session_key: member.sessionKey,
    openid: member.openid,
    ...(app.settings.unionBound ? { unionid: app.unionid(member.person) } : {}),
  };
}

function checkSession(call: Call): object {
  const verdict = verifySession(call);
  return verdict === 0 ? ok : refuse(verdict);
}

function resetSession(call: Call): object {
  const verdict = verifySession(call);
  const member = call.app.byOpenid.get(call.query['openid'] ?? '');
  if (verdict !== 0 || !member) return refuse(verdict || 40003);
  member.sessionKey = randomBytes(16).toString('base64');
  return { ...ok, openid: member.openid, session_key: member.sessionKey };
}

function verifySession({ app, query }: Call): number {
  const member = app.byOpenid.get(query['openid'] ?? '');
  if (!member) return 40003;
  if (query['sig_method'] !== 'hmac_sha256') return 87008;
  if (member.sessionKey === null) return 87007;
  return query['signature'] === sessionSignature(member.sessionKey) ? 0 : 87009;
}
