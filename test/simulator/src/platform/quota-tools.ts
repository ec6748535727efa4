import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import type { World } from '../world.ts';
import { addRoute, type Call } from './call.ts';

/** Calls about the account itself: quotas, request ids, addresses. */
export function addQuotaRoutes(server: FastifyInstance, world: World): void {
  const free = { free: true };
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/clear_quota', auth: 'token', handle: clear, ...free });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/clear_quota/v2', auth: 'secret', handle: clear, ...free });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/openapi/quota/get', auth: 'token', handle: look, ...free });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/openapi/rid/get', auth: 'token', handle: explain, ...free });
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/get_api_domain_ip', auth: 'token', handle: addresses, ...free });
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/getcallbackip', auth: 'token', handle: addresses, ...free });
}

function clear({ app, body, now }: Call): object {
  if (body['appid'] !== app.appid) return refuse(40013);
  return app.quota.clear(now) ? ok : refuse(48006);
}

function look({ app, body, now }: Call): object {
  const path = String(body['cgi_path'] ?? '');
  if (!path.startsWith('/') || path.startsWith('/sns/')) return refuse(76021);
  const rate = app.quota.rate(path);
  return { ...ok, quota: app.quota.look(path, now), ...(rate ? { rate_limit: rate } : {}) };
}

function explain({ world, body }: Call): object {
  const record = world.rids.get(String(body['rid'] ?? ''));
  return record ? { ...ok, request: record } : refuse(76001);
}

function addresses(): object {
  return { ip_list: ['127.0.0.1'] };
}
