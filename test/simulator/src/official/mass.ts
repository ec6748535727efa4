import type { FastifyInstance } from 'fastify';
import { beijingDay } from '../clock.ts';
import { ok, refuse } from '../error-code.ts';
import type { Member } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import { addRoute, officialKinds, serviceKinds, type Call } from '../platform/call.ts';
import type { World } from '../world.ts';
import { followersOf } from './followers.ts';
import type { Post } from './official-state.ts';
import { postContent } from './post-content.ts';

const CLIENT_ID_BYTES = 64;
const REPEAT_MS = 86_400_000;
const OPENIDS = { least: 2, most: 10_000 };
const POSTS_PER_MONTH = 4;

/** Mass posts to all, to a tag or to a list of openids. */
export function addMassRoutes(server: FastifyInstance, world: World): void {
  const post = (name: string, handle: (call: Call) => object, kinds = officialKinds): void =>
    addRoute(server, world, { method: 'POST', path: `/cgi-bin/message/mass/${name}`, auth: 'token', kinds, handle });
  post('sendall', sendToAll);
  post('send', sendToList, serviceKinds);
  post('preview', preview);
  post('delete', remove);
  post('get', state);
}

/** `yyyy-mm` in Beijing: the month allowances are counted in. */
export function monthOf(now: number): string {
  return new Date(now + 8 * 3600_000).toISOString().slice(0, 7);
}

function sendToAll(call: Call): object {
  const { app, body, now } = call;
  const filter = (body['filter'] ?? {}) as { is_to_all?: unknown; tag_id?: unknown };
  if (filter.is_to_all === true) {
    const toAll = [...app.official.posts.values()].filter((post) => post.total >= 0 && post.clientMsgId.startsWith('all|') && post.status !== 'SEND_FAIL');
    if (toAll.some((post) => beijingDay(post.at) === beijingDay(now))) return refuse(45028);
    if (toAll.filter((post) => monthOf(post.at) === monthOf(now)).length >= POSTS_PER_MONTH && app.settings.kind === 'service_account') return refuse(45028);
    return start(call, followersOf(app), 'all|');
  }
  const tag = Number(filter.tag_id ?? -1);
  if (!app.official.tags.has(tag)) return refuse(45159);
  return start(call, followersOf(app).filter((member) => member.follow?.tags.includes(tag)), 'tag|');
}

function sendToList(call: Call): object {
  const openids = call.body['touser'];
  if (!Array.isArray(openids) || openids.length < OPENIDS.least) return refuse(40130);
  if (openids.length > OPENIDS.most) return refuse(40032);
  const members = [...new Set(openids.map(String))].map((openid) => call.app.byOpenid.get(openid));
  if (members.includes(undefined)) return refuse(40003);
  return start(call, members.filter((member) => member !== undefined), 'list|');
}

/** Accepts a post, or answers the one that the same `clientmsgid` already made. */
function start(call: Call, audience: Member[], scope: string): object {
  const { world, app, body, now } = call;
  const clientId = body['clientmsgid'];
  if (clientId !== undefined && Buffer.byteLength(String(clientId)) > CLIENT_ID_BYTES) return refuse(45067);
  const content = postContent(app, body);
  if (typeof content === 'number') return refuse(content);
  const before = clientId === undefined ? undefined : app.official.clientIds.get(`mass|${String(clientId)}`);
  if (before && now - before.at < REPEAT_MS) return { ...refuse(45065), msg_id: before.msgId };
  const msgId = app.official.newId();
  const post: Post = {
    msgId,
    msgDataId: app.official.newId(),
    clientMsgId: `${scope}${String(clientId ?? '')}`,
    ...content,
    at: now,
    status: 'SENDING',
    total: audience.length,
    filtered: 0,
    sent: 0,
  };
  app.official.posts.set(msgId, post);
  if (clientId !== undefined) app.official.clientIds.set(`mass|${String(clientId)}`, { msgId, at: now });
  const timer = setTimeout(() => finish(world, app, post, audience), app.settings.massDelayMs);
  timer.unref();
  return { errcode: 0, errmsg: 'send job submission success', msg_id: msgId, msg_data_id: post.msgDataId };
}

/** Reaches everybody the allowance and their own choice let through, then reports. */
function finish(world: World, app: MiniProgram, post: Post, audience: Member[]): void {
  if (post.status !== 'SENDING') return;
  const good = app.settings.massStatus === 'send success';
  const month = monthOf(world.clock.now());
  const open = audience.filter((member) => mayReceive(app, member, month));
  post.filtered = open.length;
  for (const member of good ? open : []) receive(world, app, { member, post, month });
  post.sent = good ? open.length : 0;
  post.status = good ? 'SEND_SUCCESS' : 'SEND_FAIL';
  const urls = post.msgtype === 'mpnews' ? [{ ArticleIdx: 1, ArticleUrl: `https://mp.weixin.qq.com/s/${post.msgDataId}` }] : [];
  void world.callbacks.push(app, {
    openid: 'oSystem',
    createTime: Math.floor(Date.now() / 1000),
    msgType: 'event',
    event: 'MASSSENDJOBFINISH',
    fields: {
      MsgID: post.msgId,
      Status: app.settings.massStatus,
      TotalCount: post.total,
      FilterCount: post.filtered,
      SentCount: post.sent,
      ErrorCount: post.filtered - post.sent,
      CopyrightCheckResult: { Count: 0, ResultList: {}, CheckState: 0 },
      ArticleUrlResult: { Count: urls.length, ResultList: urls.length === 0 ? {} : { item: urls } },
    },
  });
}

function mayReceive(app: MiniProgram, member: Member, month: string): boolean {
  if (!member.follow?.subscribed || member.follow.blocked || member.follow.banned) return false;
  if (app.settings.kind !== 'service_account') return true;
  return (member.follow.posts[month] ?? 0) < (app.settings.limits.postsPerMonth ?? POSTS_PER_MONTH);
}

interface Arrival {
  member: Member;
  post: Pick<Post, 'title' | 'url' | 'msgId' | 'msgtype'>;
  /** Month whose allowance it costs; null for a preview. */
  month: string | null;
}

function receive(world: World, app: MiniProgram, { member, post, month }: Arrival): void {
  const at = world.clock.now();
  const id = world.newMessageId();
  if (member.follow && month !== null) member.follow.posts[month] = (member.follow.posts[month] ?? 0) + 1;
  member.receive({ id, at, kind: 'post', msgtype: post.msgtype, title: post.title, ...(post.url === '' ? {} : { page: post.url }), read: false });
  member.say({ at, from: 'service', text: post.title, messageId: id });
  app.stats.message('post', `${member.openid}|${post.msgId}`);
}

/** A preview reaches one person and costs nobody's monthly posts. */
function preview({ world, app, body }: Call): object {
  const member = app.byOpenid.get(String(body['touser'] ?? ''));
  if (!member?.follows) return refuse(40003);
  const content = postContent(app, body);
  if (typeof content === 'number') return refuse(content);
  const msgId = app.official.newId();
  receive(world, app, { member, post: { ...content, msgId }, month: null });
  return { errcode: 0, errmsg: 'preview success', msg_id: msgId };
}

function remove({ app, body }: Call): object {
  const post = app.official.posts.get(Number(body['msg_id']));
  if (!post) return refuse(40059);
  if (post.msgtype !== 'mpnews' && post.msgtype !== 'mpvideo') return refuse(40059);
  post.status = 'DELETE';
  return ok;
}

function state({ app, body }: Call): object {
  const post = app.official.posts.get(Number(body['msg_id']));
  return post ? { msg_id: post.msgId, msg_status: post.status } : refuse(40059);
}
