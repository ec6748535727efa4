import type { World } from '../world.ts';
import type { Corp, CorpApp, CustomerGroup, GroupMember } from './corp.ts';
import { externalIdOf } from './external-id.ts';
import { pushToCorp } from './pushes.ts';

type Fields = Record<string, unknown>;

function tell(world: World, corp: Corp, group: CustomerGroup, fields: (app: CorpApp) => Fields): void {
  void pushToCorp(world, corp, { kind: 'contact', event: 'change_external_chat', fields: (app) => ({ ChatId: group.chatId, ...fields(app) }) });
}

export function makeGroup(world: World, corp: Corp, input: { owner: string; name: string; people: string[] }): CustomerGroup {
  const now = world.clock.now();
  const members: GroupMember[] = [{ userid: input.owner, joinedAt: now, scene: 1 }, ...input.people.map((person) => ({ person, joinedAt: now, scene: 1, invitor: input.owner }) as const)];
  const group: CustomerGroup = { chatId: corp.id('wr'), name: input.name, owner: input.owner, notice: '', createdAt: now, dismissed: false, version: 1, members, lines: [] };
  corp.data.groups.set(group.chatId, group);
  for (const person of input.people) corp.know(person);
  tell(world, corp, group, () => ({ ChangeType: 'create' }));
  return group;
}

export function changeGroup(world: World, corp: Corp, group: CustomerGroup, change: { name?: string | undefined; notice?: string | undefined; owner?: string | undefined }): void {
  const details = { name: 'change_name', notice: 'change_notice', owner: 'change_owner' } as const;
  for (const key of ['name', 'notice', 'owner'] as const) {
    const value = change[key];
    if (value === undefined || value === group[key]) continue;
    group[key] = value;
    tell(world, corp, group, () => ({ ChangeType: 'update', UpdateDetail: details[key] }));
  }
}

export function dismissGroup(world: World, corp: Corp, group: CustomerGroup): void {
  group.dismissed = true;
  tell(world, corp, group, () => ({ ChangeType: 'dismiss' }));
}

/** A person joins, invited or by a code; joining twice changes nothing. */
export function joinGroup(world: World, corp: Corp, group: CustomerGroup, joining: { person: string; scene: 1 | 3; state?: string }): void {
  if (group.members.some((one) => one.person === joining.person)) return;
  group.members.push({ ...joining, joinedAt: world.clock.now() });
  corp.know(joining.person);
  tellMembers(world, corp, group, { person: joining.person, UpdateDetail: 'add_member', JoinScene: joining.scene === 3 ? 3 : 0, QuitScene: 0 });
}

export function leaveGroup(world: World, corp: Corp, group: CustomerGroup, leaving: { person: string; removed: boolean }): void {
  const before = group.members.length;
  group.members = group.members.filter((one) => one.person !== leaving.person);
  if (group.members.length === before) return;
  tellMembers(world, corp, group, { person: leaving.person, UpdateDetail: 'del_member', JoinScene: 0, QuitScene: leaving.removed ? 1 : 0 });
}

function tellMembers(world: World, corp: Corp, group: CustomerGroup, { person, ...fields }: { person: string } & Fields): void {
  const last = group.version;
  group.version += 1;
  const versions = { LastMemVer: `v${last}`, CurMemVer: `v${group.version}` };
  tell(world, corp, group, (app) => ({ ChangeType: 'update', ...fields, MemChangeCnt: 1, MemChangeList: { Item: [externalIdOf(corp.corpid, app, person)] }, ...versions }));
}
