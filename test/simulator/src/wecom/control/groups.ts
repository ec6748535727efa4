import type { FastifyInstance } from 'fastify';
import { ControlError, personOr404 } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import type { Corp, CustomerGroup } from '../corp.ts';
import { changeGroup, dismissGroup, joinGroup, leaveGroup, makeGroup } from '../group-book.ts';
import { corpOr404, employeeOr404 } from './found.ts';

interface At {
  Params: { corpid: string; chatId: string };
}

interface Who {
  Params: { id: string };
}

const text = { type: 'string' };

/** Customer groups as employees and people use them. */
export function addGroupControl(server: FastifyInstance, world: World): void {
  addOwning(server, world);
  addJoining(server, world);
}

function addOwning(server: FastifyInstance, world: World): void {
  const create = { type: 'object', required: ['owner', 'name'], properties: { owner: text, name: text, people: { type: 'array', items: text } } };
  server.post<At & { Body: { owner: string; name: string; people?: string[] } }>('/sim/corps/:corpid/groups', { schema: { body: create } }, (req) => {
    const corp = corpOr404(world, req.params.corpid);
    employeeOr404(corp, req.body.owner);
    const people = (req.body.people ?? []).map((id) => personOr404(world, id).id);
    return shown(makeGroup(world, corp, { owner: req.body.owner, name: req.body.name, people }));
  });
  server.get<At>('/sim/corps/:corpid/groups', (req) => ({ groups: [...corpOr404(world, req.params.corpid).data.groups.values()].map(shown) }));
  const change = { type: 'object', properties: { name: text, notice: text, owner: text } };
  server.patch<At & { Body: { name?: string; notice?: string; owner?: string } }>('/sim/corps/:corpid/groups/:chatId', { schema: { body: change } }, (req) => {
    const { corp, group } = groupOr404(world, req.params.corpid, req.params.chatId);
    if (req.body.owner !== undefined) employeeOr404(corp, req.body.owner);
    changeGroup(world, corp, group, req.body);
    return shown(group);
  });
  server.delete<At>('/sim/corps/:corpid/groups/:chatId', (req) => {
    const { corp, group } = groupOr404(world, req.params.corpid, req.params.chatId);
    dismissGroup(world, corp, group);
    return { dismissed: true };
  });
}

function addJoining(server: FastifyInstance, world: World): void {
  const join = { type: 'object', properties: { corpid: text, chatId: text, url: text } };
  server.post<Who & { Body: { corpid?: string; chatId?: string; url?: string } }>('/sim/people/:id/join-group', { schema: { body: join } }, (req) => {
    const { id } = personOr404(world, req.params.id);
    const way = req.body.url === undefined ? null : wayOr404(world, req.body.url);
    const { corp, group } = way ?? groupOr404(world, req.body.corpid, req.body.chatId);
    joinGroup(world, corp, group, { person: id, scene: way ? 3 : 1, ...(way && way.state !== '' ? { state: way.state } : {}) });
    return { corpid: corp.corpid, ...shown(group) };
  });
  const leave = { type: 'object', required: ['corpid', 'chatId'], properties: { corpid: text, chatId: text, removed: { type: 'boolean' } } };
  server.post<Who & { Body: { corpid: string; chatId: string; removed?: boolean } }>('/sim/people/:id/leave-group', { schema: { body: leave } }, (req) => {
    const { corp, group } = groupOr404(world, req.body.corpid, req.body.chatId);
    leaveGroup(world, corp, group, { person: personOr404(world, req.params.id).id, removed: req.body.removed ?? false });
    return shown(group);
  });
}

/** The first group of a join way that still exists. */
function wayOr404(world: World, url: string): { corp: Corp; group: CustomerGroup; state: string } {
  const id = /\/sim\/wecom\/join\/([\w-]+)/.exec(url)?.[1] ?? '';
  for (const corp of world.wecom.corps.values()) {
    const way = corp.data.joinWays.get(id);
    const chats = (way?.fields['chat_id_list'] ?? []) as string[];
    const group = chats.map((one) => corp.data.groups.get(one)).find((one) => one && !one.dismissed);
    if (way && group) return { corp, group, state: String(way.fields['state'] ?? '') };
  }
  throw new ControlError(404, `no group behind ${url}`);
}

function groupOr404(world: World, corpid: string | undefined, chatId: string | undefined): { corp: Corp; group: CustomerGroup } {
  const corp = corpOr404(world, corpid);
  const group = corp.data.groups.get(chatId ?? '');
  if (!group || group.dismissed) throw new ControlError(404, `no group ${chatId ?? ''}`);
  return { corp, group };
}

function shown({ chatId, name, owner, notice, members, lines, dismissed }: CustomerGroup): object {
  return { chatId, name, owner, notice, dismissed, people: members.flatMap((one) => one.person ?? []), lines };
}
