import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import type { Member } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import { addRoute, officialKinds, type Call } from '../platform/call.ts';
import type { World } from '../world.ts';

const PAGE = 10_000;
const BATCH = 100;
const REMARK_BYTES = 30;

/** Who follows an account, and what is known about each. */
export function addFollowerRoutes(server: FastifyInstance, world: World): void {
  const kinds = officialKinds;
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/user/get', auth: 'token', kinds, handle: list });
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/user/info', auth: 'token', kinds, handle: info });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/user/info/batchget', auth: 'token', kinds, handle: batch });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/user/info/updateremark', auth: 'token', kinds, handle: remark });
}

/** The openids after `next`, at most a page, in the form of every paged list of this platform. */
export function pageOf(members: Iterable<Member>, next: string, size = PAGE): { count: number; data?: { openid: string[] }; next_openid: string } | null {
  const openids: string[] = [];
  let found = next === '';
  for (const { openid } of members) {
    if (found && openids.length < size) openids.push(openid);
    else if (openid === next) found = true;
  }
  if (!found) return null;
  return { count: openids.length, ...(openids.length === 0 ? {} : { data: { openid: openids } }), next_openid: openids.at(-1) ?? '' };
}

export function followersOf(app: MiniProgram): Member[] {
  return [...app.byOpenid.values()].filter((member) => member.follows);
}

function list({ app, query }: Call): object {
  const followers = followersOf(app);
  const page = pageOf(followers, query['next_openid'] ?? '');
  return page ? { total: followers.length, ...page } : refuse(40003);
}

function info({ app, query }: Call): object {
  const member = app.byOpenid.get(query['openid'] ?? '');
  return member ? view(app, member, query['lang']) : refuse(40003);
}

function batch({ app, body }: Call): object {
  const asked = body['user_list'];
  if (!Array.isArray(asked) || asked.length === 0 || asked.length > BATCH) return refuse(40032);
  const rows = (asked as { openid?: string; lang?: string }[]).map(({ openid, lang }) => ({ member: app.byOpenid.get(String(openid)), lang }));
  if (rows.some(({ member }) => !member)) return refuse(40003);
  return { user_info_list: rows.map(({ member, lang }) => (member ? view(app, member, lang) : {})) };
}

function view(app: MiniProgram, member: Member, lang = 'zh_CN'): object {
  const { follow } = member;
  if (!follow?.subscribed) return { subscribe: 0, openid: member.openid };
  return {
    subscribe: 1,
    openid: member.openid,
    language: lang,
    subscribe_time: follow.at,
    ...(app.settings.unionBound ? { unionid: app.unionid(member.person) } : {}),
    remark: follow.remark,
    groupid: follow.tags[0] ?? 0,
    tagid_list: follow.tags,
    subscribe_scene: follow.scene,
    qr_scene: follow.qrScene,
    qr_scene_str: follow.qrSceneStr,
  };
}

function remark({ app, body }: Call): object {
  const member = app.byOpenid.get(String(body['openid'] ?? ''));
  if (!member?.follow?.subscribed) return refuse(40003);
  const text = body['remark'];
  if (typeof text !== 'string' || Buffer.byteLength(text) >= REMARK_BYTES) return refuse(40092);
  member.follow.remark = text;
  return ok;
}
