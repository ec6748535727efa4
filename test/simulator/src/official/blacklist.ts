import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import { addRoute, officialKinds, type Call } from '../platform/call.ts';
import type { World } from '../world.ts';
import { pageOf } from './followers.ts';

const OPENIDS_MAX = 20;
const PAGE = 1000;

/** Followers the account's owner does not want to reach. */
export function addBlacklistRoutes(server: FastifyInstance, world: World): void {
  const post = (name: string, handle: (call: Call) => object): void =>
    addRoute(server, world, { method: 'POST', path: `/cgi-bin/tags/members/${name}`, auth: 'token', kinds: officialKinds, handle });
  post('getblacklist', list);
  post('batchblacklist', (call) => change(call, true));
  post('batchunblacklist', (call) => change(call, false));
}

function list({ app, body }: Call): object {
  const banned = [...app.byOpenid.values()].filter((member) => member.follow?.banned);
  const page = pageOf(banned, String(body['begin_openid'] ?? ''), PAGE);
  return page ? { total: banned.length, ...page } : refuse(40003);
}

function change({ app, body }: Call, banned: boolean): object {
  const openids = body['openid_list'];
  if (!Array.isArray(openids) || openids.length === 0 || openids.length > OPENIDS_MAX) return refuse(40032);
  const members = openids.map((openid) => app.byOpenid.get(String(openid)));
  if (members.includes(undefined)) return refuse(49003);
  if (!members.every((member) => member?.follow)) return refuse(40003);
  for (const member of members) if (member?.follow) member.follow.banned = banned;
  return ok;
}
