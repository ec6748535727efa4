import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { ownerOf, type GroupMember, type JoinWay } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { joinUrl } from '../scan.ts';
import { addCall, type Fields, type WecomCall } from './call.ts';
import { inRange } from './contacts.ts';
import { numberOf, objectOf, pageOf, seconds, textOf, textsOf } from './fields.ts';

const OWNERS_WITHOUT_FILTER = 1000;
const joinFields = ['scene', 'remark', 'auto_create_room', 'room_base_name', 'room_base_id', 'chat_id_list', 'state'];

/** Customer groups and the codes to join them. */
export function addGroupRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'externalcontact/groupchat/list', list);
  addCall(server, world, 'externalcontact/groupchat/get', get);
  addCall(server, world, 'externalcontact/groupchat/add_join_way', addWay);
  addCall(server, world, 'externalcontact/groupchat/get_join_way', getWay);
  addCall(server, world, 'externalcontact/groupchat/update_join_way', updateWay);
  addCall(server, world, 'externalcontact/groupchat/del_join_way', removeWay);
}

function list({ corp, app, body }: WecomCall): object {
  const limit = numberOf(body, 'limit', 0);
  if (limit < 1 || limit > 1000) return refuse(40058, 'limit');
  const owners = textsOf(objectOf(body, 'owner_filter'), 'userid_list');
  if (owners.length > 100) return refuse(40032);
  const visible = [...corp.data.groups.values()].filter((one) => !one.dismissed && inRange(app, one.owner) && (owners.length === 0 || owners.includes(one.owner)));
  if (owners.length === 0 && new Set(visible.map((one) => one.owner)).size > OWNERS_WITHOUT_FILTER) return refuse(81017);
  const wanted = numberOf(body, 'status_filter', 0) === 0 ? visible : [];
  const page = pageOf(wanted, textOf(body, 'cursor'), limit);
  if (!page) return refuse(50100);
  return ok({ group_chat_list: page.rows.map((one) => ({ chat_id: one.chatId, status: 0 })), next_cursor: page.next_cursor });
}

function get(call: WecomCall): object {
  const { corp, app, body } = call;
  const group = corp.data.groups.get(textOf(body, 'chat_id'));
  if (!group) return refuse(40050);
  if (group.dismissed) return refuse(49008);
  if (!inRange(app, group.owner)) return refuse(60011);
  const named = body['need_name'] === 1;
  return ok({
    group_chat: {
      chat_id: group.chatId,
      name: group.name,
      owner: group.owner,
      create_time: seconds(group.createdAt),
      notice: group.notice,
      member_list: group.members.map((one) => memberView(call, one, named)),
      admin_list: [],
      member_version: `v${group.version}`,
    },
  });
}

function memberView({ world, corp, app }: WecomCall, member: GroupMember, named: boolean): object {
  const head = { join_time: seconds(member.joinedAt), join_scene: member.scene, group_nickname: '' };
  if (member.person === undefined) return { userid: member.userid, type: 1, ...head, ...(named ? { name: corp.data.employees.get(member.userid ?? '')?.name } : {}) };
  const person = world.people.get(member.person);
  return {
    userid: externalIdOf(corp.corpid, app, member.person),
    type: 2,
    ...head,
    ...(corp.data.settings.developerBound && app.suiteId === undefined ? { unionid: person?.unionid } : {}),
    ...(member.invitor === undefined ? {} : { invitor: { userid: member.invitor } }),
    ...(member.state === undefined ? {} : { state: member.state }),
    ...(named ? { name: person?.name } : {}),
  };
}

/** The fields of a join way, or the errcode of what is wrong with them. */
function readWay({ corp, body }: WecomCall): Fields | number {
  const chats = textsOf(body, 'chat_id_list');
  if (![1, 2].includes(Number(body['scene']))) return 40058;
  if (chats.length === 0) return 40058;
  if (chats.length > 5) return 41091;
  if (chats.some((id) => !corp.data.groups.has(id))) return 40050;
  if ([...textOf(body, 'state')].length > 30 || [...textOf(body, 'room_base_name')].length > 40) return 40058;
  const fields = Object.fromEntries(Object.entries({ auto_create_room: 1, ...body }).filter(([key]) => joinFields.includes(key)));
  // A remark that is too long is cut, not refused.
  return { ...fields, remark: [...textOf(body, 'remark')].slice(0, 30).join('') };
}

function addWay(call: WecomCall): object {
  const fields = readWay(call);
  if (typeof fields === 'number') return refuse(fields);
  const way: JoinWay = { configId: call.corp.id('jw'), owner: ownerOf(call.app), fields };
  call.corp.data.joinWays.set(way.configId, way);
  return ok({ config_id: way.configId });
}

function ownWay({ corp, app, body }: WecomCall): JoinWay | null {
  const way = corp.data.joinWays.get(textOf(body, 'config_id'));
  return way && way.owner === ownerOf(app) ? way : null;
}

function getWay(call: WecomCall): object {
  const way = ownWay(call);
  if (!way) return refuse(41044);
  return ok({ join_way: { config_id: way.configId, ...way.fields, qr_code: joinUrl(call.base, way.configId) } });
}

function updateWay(call: WecomCall): object {
  const way = ownWay(call);
  if (!way) return refuse(41044);
  const fields = readWay(call);
  if (typeof fields === 'number') return refuse(fields);
  way.fields = fields;
  return ok();
}

function removeWay(call: WecomCall): object {
  const way = ownWay(call);
  if (!way) return refuse(41044);
  call.corp.data.joinWays.delete(way.configId);
  return ok();
}
