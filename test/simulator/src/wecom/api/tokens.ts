import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { addWecomRoute, isTrusted, type OpenCall } from './call.ts';

/** The token of an app, and the platform's address lists. */
export function addWecomTokenRoutes(server: FastifyInstance, world: World): void {
  addWecomRoute(server, world, { method: 'GET', path: '/cgi-bin/gettoken', auth: 'open', handle: getToken });
  const addresses = () => ok({ ip_list: ['127.0.0.1'] });
  // WeChat has an address list under the second path too; WeCom's is told apart by its token.
  addWecomRoute(server, world, { method: 'GET', path: '/cgi-bin/get_api_domain_ip', servedAt: '/wecom/cgi-bin/get_api_domain_ip', auth: 'token', handle: addresses });
  addWecomRoute(server, world, { method: 'GET', path: '/cgi-bin/getcallbackip', servedAt: '/wecom/cgi-bin/getcallbackip', auth: 'token', handle: addresses });
}

function getToken({ world, query, now, ip }: OpenCall): object {
  const { corpid = '', corpsecret = '' } = query;
  const corp = world.wecom.corps.get(corpid);
  if (!corp) return refuse(40013);
  if (corpsecret === '') return refuse(41004);
  const app = corp.data.apps.find((one) => one.secret === corpsecret);
  if (!app) return refuse(40001);
  if (!isTrusted(corp, app, ip)) return refuse(60020, `from ip: ${ip}`);
  const token = world.wecom.tokenOfApp(corp, app, now);
  return ok({ access_token: token.value, expires_in: Math.ceil((token.endsAt - now) / 1000) });
}
