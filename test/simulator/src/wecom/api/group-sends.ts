import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { isRelated, ownerOf, type Contact, type MassPart, type MassTask } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { addCall, type WecomCall } from './call.ts';
import { inRange, memberError } from './contacts.ts';
import { readContent } from './content.ts';
import { numberOf, objectOf, objectsOf, pageOf, seconds, textOf, textsOf } from './fields.ts';

const DAY_MS = 86_400_000;
const MONTH_SECONDS = 31 * 86_400;

/** Group sends: a call makes a task, an employee sends it, and the result is fetched. */
export function addGroupSendRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'externalcontact/add_msg_template', create);
  addCall(server, world, 'externalcontact/remind_groupmsg_send', remind);
  addCall(server, world, 'externalcontact/cancel_groupmsg_send', cancel);
  addCall(server, world, 'externalcontact/get_groupmsg_list_v2', list);
  addCall(server, world, 'externalcontact/get_groupmsg_task', parts);
  addCall(server, world, 'externalcontact/get_groupmsg_send_result', results);
}

/** Who gets a task from whom, and the ids that nobody can send to. */
interface Aim {
  targets: { userid: string; id: string }[];
  failed: string[];
}

function create(call: WecomCall): object {
  const { corp, app, body, now } = call;
  const chatType = textOf(body, 'chat_type') || 'single';
  if (chatType !== 'single' && chatType !== 'group') return refuse(40058, 'chat_type');
  const sender = textOf(body, 'sender');
  if (sender === '' && chatType === 'group') return refuse(40058, 'sender');
  const wrong = sender === '' ? 0 : memberError(corp, app, sender);
  if (wrong !== 0) return refuse(wrong);
  const content = readContent(corp, body, now);
  if (typeof content === 'number') return refuse(content);
  const aim = chatType === 'single' ? aimAtPeople(call, sender) : aimAtGroups(call, sender);
  if (typeof aim === 'number') return refuse(aim);
  if (aim.targets.length === 0) return { ...refuse(41048), fail_list: aim.failed };
  const task: MassTask = {
    msgid: corp.id('msg'),
    owner: ownerOf(app),
    chatType,
    createdAt: now,
    cancelled: false,
    reminders: [],
    text: content.text,
    attachments: content.attachments,
    content: content.given,
    parts: partsOf(aim),
  };
  corp.data.tasks.set(task.msgid, task);
  return ok({ fail_list: aim.failed, msgid: task.msgid });
}

function partsOf({ targets }: Aim): MassPart[] {
  const byMember = new Map<string, MassPart>();
  for (const { userid, id } of targets) {
    let part = byMember.get(userid);
    if (!part) byMember.set(userid, (part = { userid, status: 0, sentAt: 0, ignored: false, targets: [] }));
    part.targets.push({ id, status: 0, sentAt: 0 });
  }
  return [...byMember.values()];
}

function aimAtPeople(call: WecomCall, sender: string): Aim | number {
  const { corp, body } = call;
  const ids = [...new Set(textsOf(body, 'external_userid'))];
  if (ids.length > 10_000) return 40032;
  const filter = objectsOf(objectOf(body, 'tag_filter'), 'group_list').map((group) => textsOf(group, 'tag_list'));
  if (filter.some((tags) => tags.length > 100)) return 40032;
  if (ids.length === 0 && sender === '' && filter.length === 0) return 40058;
  if (ids.length > 0) return aimAtIds(call, sender, ids);
  const members = sender === '' ? [...corp.data.contacts.keys()] : [sender];
  const chosen = members.flatMap((userid) => corp.contactsOf(userid).filter((one) => isSendable(call, one) && filter.every((tags) => tags.some((tag) => one.tags.includes(tag)))));
  const people = new Map<string, Contact>();
  for (const one of chosen) if ((people.get(one.person)?.lastAt ?? -1) < one.lastAt) people.set(one.person, one);
  return { targets: [...people.values()].map((one) => ({ userid: one.userid, id: one.person })), failed: [] };
}

function aimAtIds(call: WecomCall, sender: string, ids: string[]): Aim {
  const aim: Aim = { targets: [], failed: [] };
  for (const id of ids) {
    const person = call.corp.people.get(id) ?? '';
    const sendable = call.corp.followersOf(person).filter((one) => isSendable(call, one) && (sender === '' || one.userid === sender));
    // Without a sender the task goes to the member who last had to do with the person.
    const contact = sendable.toSorted((a, b) => b.lastAt - a.lastAt)[0];
    if (contact) aim.targets.push({ userid: contact.userid, id: person });
    else aim.failed.push(id);
  }
  return aim;
}

function isSendable({ corp, app }: WecomCall, contact: Contact): boolean {
  return isRelated(contact) && contact.state !== 'half' && inRange(app, contact.userid) && corp.data.employees.get(contact.userid)?.canContact === true;
}

function aimAtGroups({ corp, body }: WecomCall, sender: string): Aim | number {
  const wanted = textsOf(body, 'chat_id_list');
  if (wanted.length > 2000) return 40032;
  const own = [...corp.data.groups.values()].filter((one) => one.owner === sender && !one.dismissed).map((one) => one.chatId);
  const chosen = wanted.length === 0 ? own : wanted.filter((id) => own.includes(id));
  return { targets: chosen.map((id) => ({ userid: sender, id })), failed: wanted.filter((id) => !own.includes(id)) };
}

/** The task of an app, or the errcode. `changing` calls are refused once it is cancelled. */
function taskOf({ corp, app, body, now }: WecomCall, changing: boolean): MassTask | number {
  const task = corp.data.tasks.get(textOf(body, 'msgid'));
  if (!task || task.owner !== ownerOf(app)) return 40058;
  if (now - task.createdAt < corp.data.settings.dispatchMs) return 41063;
  return changing && task.cancelled ? 41093 : task;
}

function remind(call: WecomCall): object {
  const task = taskOf(call, true);
  if (typeof task === 'number') return refuse(task);
  task.reminders = task.reminders.filter((at) => call.now - at < DAY_MS);
  if (task.reminders.length >= 3) return refuse(41094);
  task.reminders.push(call.now);
  // A reminder brings back what the member had put aside.
  for (const part of task.parts) part.ignored = false;
  return ok();
}

function cancel(call: WecomCall): object {
  const task = taskOf(call, true);
  if (typeof task === 'number') return refuse(task);
  task.cancelled = true;
  return ok();
}

function list({ corp, app, body }: WecomCall): object {
  const chatType = textOf(body, 'chat_type');
  const start = numberOf(body, 'start_time', 0);
  const end = numberOf(body, 'end_time', 0);
  if (chatType === '' || start === 0 || end < start || end - start > MONTH_SECONDS) return refuse(40058);
  const onlyMembers = numberOf(body, 'filter_type', 2) === 1;
  const found = [...corp.data.tasks.values()].filter((one) => !onlyMembers && one.owner === ownerOf(app) && one.chatType === chatType && seconds(one.createdAt) >= start && seconds(one.createdAt) <= end);
  const limit = numberOf(body, 'limit', 50);
  const page = pageOf(found, textOf(body, 'cursor'), limit > 100 ? 50 : limit);
  if (!page) return refuse(40058, 'cursor');
  return ok({ group_msg_list: page.rows.map((one) => ({ msgid: one.msgid, create_time: seconds(one.createdAt), create_type: 0, ...one.content })), next_cursor: page.next_cursor });
}

function parts(call: WecomCall): object {
  const task = taskOf(call, false);
  if (typeof task === 'number') return refuse(task);
  const page = pageOf(task.parts, textOf(call.body, 'cursor'), Math.min(numberOf(call.body, 'limit', 500), 1000));
  if (!page) return refuse(40058, 'cursor');
  const task_list = page.rows.map((one) => ({ userid: one.userid, status: one.status, ...(one.status === 2 ? { send_time: seconds(one.sentAt) } : {}) }));
  return ok({ task_list, next_cursor: page.next_cursor });
}

function results(call: WecomCall): object {
  const { corp, app, body } = call;
  const task = taskOf(call, false);
  if (typeof task === 'number') return refuse(task);
  const userid = textOf(body, 'userid');
  const part = task.parts.find((one) => one.userid === userid);
  if (!part) return refuse(60111);
  const isGroup = task.chatType === 'group';
  const rows = isGroup ? part.targets.filter((one) => one.status === 1) : part.targets;
  const page = pageOf(rows, textOf(body, 'cursor'), Math.min(numberOf(body, 'limit', 500), 1000));
  if (!page) return refuse(40058, 'cursor');
  const send_list = page.rows.map((one) => ({
    ...(isGroup ? { chat_id: one.id } : { external_userid: externalIdOf(corp.corpid, app, one.id) }),
    userid,
    status: one.status,
    ...(one.status === 1 ? { send_time: seconds(one.sentAt) } : {}),
  }));
  return ok({ send_list, next_cursor: page.next_cursor });
}
