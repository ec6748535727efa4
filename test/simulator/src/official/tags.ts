import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import type { Member } from '../member.ts';
import { addRoute, officialKinds, type Call } from '../platform/call.ts';
import type { World } from '../world.ts';
import { followersOf, pageOf } from './followers.ts';

const TAGS_MAX = 100;
const TAGS_PER_FOLLOWER = 20;
const NAME_CHARS = 30;
const OPENIDS_MAX = 50;
/** Ids below this one belong to the platform. */
const FIRST_OWN = 3;
const DELETABLE_FANS = 100_000;

/** Tags of followers. */
export function addTagRoutes(server: FastifyInstance, world: World): void {
  const post = (path: string, handle: (call: Call) => object): void =>
    addRoute(server, world, { method: 'POST', path: `/cgi-bin/${path}`, auth: 'token', kinds: officialKinds, handle });
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/tags/get', auth: 'token', kinds: officialKinds, handle: list });
  post('tags/create', create);
  post('tags/update', update);
  post('tags/delete', remove);
  post('tags/members/batchtagging', (call) => tagging(call, add));
  post('tags/members/batchuntagging', (call) => tagging(call, drop));
  post('tags/getidlist', tagsOf);
  post('user/tag/get', members);
}

function tagOf(call: Call): { id: number; name: string } {
  const tag = (call.body['tag'] ?? {}) as { id?: unknown; name?: unknown };
  return { id: Number(tag.id ?? -1), name: typeof tag.name === 'string' ? tag.name : '' };
}

/** 0 when a tag may bear this name. */
function nameFault({ app }: Call, name: string, own?: number): number {
  if (name === '') return 45157;
  if ([...name].length > NAME_CHARS) return 45158;
  const taken = [...app.official.tags.values()].some((tag) => tag.name === name && tag.id !== own);
  return taken ? 45157 : 0;
}

function create(call: Call): object {
  const { tags } = call.app.official;
  const { name } = tagOf(call);
  if (tags.size >= TAGS_MAX) return refuse(45056);
  const fault = nameFault(call, name);
  if (fault !== 0) return refuse(fault);
  const tag = { id: call.app.official.newTagId(), name };
  tags.set(tag.id, tag);
  return { tag };
}

function list({ app }: Call): object {
  const counts = new Map<number, number>();
  for (const member of followersOf(app)) for (const id of member.follow?.tags ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
  return { tags: [...app.official.tags.values()].map((tag) => ({ ...tag, count: counts.get(tag.id) ?? 0 })) };
}

function update(call: Call): object {
  const { id, name } = tagOf(call);
  if (id < FIRST_OWN) return refuse(45058);
  const tag = call.app.official.tags.get(id);
  if (!tag) return refuse(45159);
  const fault = nameFault(call, name, id);
  if (fault !== 0) return refuse(fault);
  tag.name = name;
  return ok;
}

function remove(call: Call): object {
  const { id } = tagOf(call);
  if (id < FIRST_OWN) return refuse(45058);
  if (!call.app.official.tags.has(id)) return refuse(45159);
  const bearers = followersOf(call.app).filter((member) => member.follow?.tags.includes(id));
  if (bearers.length > DELETABLE_FANS) return refuse(45057);
  for (const member of bearers) drop(member, id);
  call.app.official.tags.delete(id);
  return ok;
}

function tagging({ app, body }: Call, change: (member: Member, id: number) => number): object {
  const openids = body['openid_list'];
  const id = Number(body['tagid'] ?? -1);
  if (!Array.isArray(openids) || openids.length === 0 || openids.length > OPENIDS_MAX) return refuse(40032);
  if (!app.official.tags.has(id)) return refuse(45159);
  const found = openids.map((openid) => app.byOpenid.get(String(openid)));
  const followers = found.filter((member) => member?.follows === true);
  if (followers.length < found.length) return refuse(found.includes(undefined) ? 49003 : 40003);
  for (const member of followers) {
    const fault = member ? change(member, id) : 0;
    if (fault !== 0) return refuse(fault);
  }
  return ok;
}

function add(member: Member, id: number): 0 | 45059 {
  const tags = member.follow?.tags ?? [];
  if (tags.includes(id)) return 0;
  if (tags.length >= TAGS_PER_FOLLOWER) return 45059;
  tags.push(id);
  return 0;
}

function drop(member: Member, id: number): 0 {
  if (member.follow) member.follow.tags = member.follow.tags.filter((one) => one !== id);
  return 0;
}

function tagsOf({ app, body }: Call): object {
  const member = app.byOpenid.get(String(body['openid'] ?? ''));
  return member?.follow?.subscribed ? { tagid_list: member.follow.tags } : refuse(40003);
}

function members({ app, body }: Call): object {
  const id = Number(body['tagid'] ?? -1);
  if (!app.official.tags.has(id)) return refuse(45159);
  const bearers = followersOf(app).filter((member) => member.follow?.tags.includes(id));
  return pageOf(bearers, String(body['next_openid'] ?? '')) ?? refuse(40003);
}
