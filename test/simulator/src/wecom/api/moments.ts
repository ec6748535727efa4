import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { ownerOf, type Attachment, type Moment } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { audienceOf } from '../moment-book.ts';
import { addCall, addWecomRoute, type WecomCall } from './call.ts';
import { membersOf } from './contacts.ts';
import { isMedia } from './content.ts';
import { numberOf, objectOf, objectsOf, pageOf, seconds, textOf, textsOf } from './fields.ts';

const PER_MINUTE = 10;

/** Moments: a task for employees, who publish by hand. */
export function addMomentRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'externalcontact/add_moment_task', create);
  addWecomRoute(server, world, { method: 'GET', path: '/cgi-bin/externalcontact/get_moment_task_result', auth: 'token', handle: taskResult });
  addCall(server, world, 'externalcontact/cancel_moment_task', cancel);
  addCall(server, world, 'externalcontact/get_moment_list', list);
  addCall(server, world, 'externalcontact/get_moment_task', parts);
  addCall(server, world, 'externalcontact/get_moment_customer_list', (call) => people(call, false));
  addCall(server, world, 'externalcontact/get_moment_send_result', (call) => people(call, true));
}

function create(call: WecomCall): object {
  const { corp, app, body, now } = call;
  const recent = [...corp.data.moments.values()].filter((one) => now - one.createdAt < 60_000);
  if (recent.length >= PER_MINUTE) return refuse(45009);
  const text = textOf(objectOf(body, 'text'), 'content');
  const attachments = readAttachments(call);
  if (typeof attachments === 'number') return refuse(attachments);
  if (text === '' && attachments.length === 0) return refuse(44004);
  if ([...text].length > 2000 || Buffer.byteLength(text) > 4000) return refuse(45002);
  const range = objectOf(body, 'visible_range');
  const wanted = textsOf(objectOf(range, 'sender_list'), 'user_list');
  const known = membersOf(corp, app);
  const senders = wanted.length === 0 ? known : wanted.filter((one) => known.includes(one));
  const tags = textsOf(objectOf(range, 'external_contact_list'), 'tag_list');
  const moment: Moment = {
    momentId: corp.id('mom'),
    jobid: corp.id('job'),
    owner: ownerOf(app),
    createdAt: now,
    cancelled: false,
    text,
    attachments,
    content: { text: { content: text }, attachments: objectsOf(body, 'attachments') },
    tags,
    parts: senders.map((userid) => ({ userid, published: false, publishedAt: 0, people: [] })),
  };
  corp.data.moments.set(moment.momentId, moment);
  return ok({ jobid: moment.jobid });
}

/** Up to nine pictures, or one video, or one link. */
function readAttachments({ corp, body, now }: WecomCall): Attachment[] | number {
  const given = objectsOf(body, 'attachments');
  const types = new Set(given.map((one) => textOf(one, 'msgtype')));
  const max = types.has('image') ? 9 : 1;
  if (types.size > 1 || given.length > max) return 41064;
  const read: Attachment[] = [];
  for (const one of given) {
    const msgtype = textOf(one, 'msgtype');
    const part = objectOf(one, msgtype);
    if (!['image', 'video', 'link'].includes(msgtype)) return 41065;
    const mediaId = textOf(part, 'media_id');
    if ((msgtype !== 'link' || mediaId !== '') && !isMedia(corp, mediaId, now)) return 40007;
    const url = textOf(part, 'url');
    if (msgtype === 'link' && url === '') return 41065;
    read.push({ msgtype, title: textOf(part, 'title') || (msgtype === 'video' ? '[视频]' : '[图片]'), ...(url === '' ? {} : { url }) });
  }
  return read;
}

function taskResult({ corp, app, query }: WecomCall): object {
  const moment = [...corp.data.moments.values()].find((one) => one.jobid === query['jobid'] && one.owner === ownerOf(app));
  if (!moment) return refuse(40058, 'jobid');
  return ok({ status: 3, type: 'add_moment_task', result: { ...ok(), moment_id: moment.momentId, invalid_sender_list: {}, invalid_external_contact_list: {} } });
}

function ownMoment({ corp, app, body }: WecomCall): Moment | null {
  const moment = corp.data.moments.get(textOf(body, 'moment_id'));
  return moment && moment.owner === ownerOf(app) ? moment : null;
}

function cancel(call: WecomCall): object {
  const moment = ownMoment(call);
  if (!moment) return refuse(40058, 'moment_id');
  moment.cancelled = true;
  return ok();
}

function list({ corp, app, body }: WecomCall): object {
  const start = numberOf(body, 'start_time', 0);
  const end = numberOf(body, 'end_time', 0);
  if (start === 0 || end < start || end - start > 30 * 86_400) return refuse(40058);
  const found = [...corp.data.moments.values()].filter((one) => one.owner === ownerOf(app) && seconds(one.createdAt) >= start && seconds(one.createdAt) <= end);
  const page = pageOf(found, textOf(body, 'cursor'), Math.min(numberOf(body, 'limit', 20), 20));
  if (!page) return refuse(50100);
  return ok({ moment_list: page.rows.map((one) => ({ moment_id: one.momentId, create_time: seconds(one.createdAt), create_type: 0, visible_type: one.tags.length > 0 ? 0 : 1, ...one.content })), next_cursor: page.next_cursor });
}

function parts(call: WecomCall): object {
  const moment = ownMoment(call);
  if (!moment) return refuse(40058, 'moment_id');
  const page = pageOf(moment.parts, textOf(call.body, 'cursor'), Math.min(numberOf(call.body, 'limit', 500), 1000));
  if (!page) return refuse(50100);
  return ok({ task_list: page.rows.map((one) => ({ userid: one.userid, publish_status: one.published ? 1 : 0 })), next_cursor: page.next_cursor });
}

/** Who a member's moment is meant for, or who got it once it was published. */
function people(call: WecomCall, onlyPublished: boolean): object {
  const { corp, app, body } = call;
  const moment = ownMoment(call);
  const part = moment?.parts.find((one) => one.userid === textOf(body, 'userid'));
  if (!moment || !part) return refuse(40058);
  const ids = part.published || onlyPublished ? part.people : audienceOf(corp, part.userid, moment.tags);
  const page = pageOf(ids, textOf(body, 'cursor'), onlyPublished ? Math.min(numberOf(body, 'limit', 3000), 5000) : Math.min(numberOf(body, 'limit', 500), 1000));
  if (!page) return refuse(50100);
  const customer_list = page.rows.map((person) => ({ ...(onlyPublished ? {} : { userid: part.userid }), external_userid: externalIdOf(corp.corpid, app, person) }));
  return ok({ customer_list, next_cursor: page.next_cursor });
}
