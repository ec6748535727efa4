import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { ownerOf, type CorpTag, type CorpTagGroup } from '../corp.ts';
import { addTags, removeTags, tagOrGroup } from '../tag-book.ts';
import { addCall, type WecomCall } from './call.ts';
import { numberOf, objectsOf, seconds, textOf, textsOf } from './fields.ts';

/** Corporate tags. An app may change only those it made, and hang any on a contact. */
export function addTagRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'externalcontact/get_corp_tag_list', list);
  addCall(server, world, 'externalcontact/add_corp_tag', add);
  addCall(server, world, 'externalcontact/edit_corp_tag', edit);
  addCall(server, world, 'externalcontact/del_corp_tag', remove);
  addCall(server, world, 'externalcontact/mark_tag', mark);
}

function list({ corp, body }: WecomCall): object {
  const groups = textsOf(body, 'group_id');
  const tags = groups.length > 0 ? [] : textsOf(body, 'tag_id');
  const byId = groups.length + tags.length > 0;
  const tag_group = corp.data.tagGroups.flatMap((group) => {
    if (groups.length > 0 && !groups.includes(group.id)) return [];
    const shown = group.tags.filter((tag) => (tags.length === 0 || tags.includes(tag.id)) && (byId || !tag.deleted));
    return (group.deleted && !byId) || (shown.length === 0 && groups.length === 0) ? [] : [groupView(group, shown, byId)];
  });
  return ok({ tag_group });
}

function add({ corp, app, body, now }: WecomCall): object {
  const given = objectsOf(body, 'tag').map((tag) => ({ name: textOf(tag, 'name'), order: numberOf(tag, 'order', 0) }));
  const names = [textOf(body, 'group_name'), ...given.map((tag) => tag.name)];
  if (given.length === 0 || given.some((tag) => tag.name === '')) return refuse(40058, 'tag');
  if (names.some((name) => [...name].length > 30)) return refuse(40072);
  const made = addTags(corp, { owner: ownerOf(app), groupId: textOf(body, 'group_id'), groupName: textOf(body, 'group_name'), order: numberOf(body, 'order', 0), tags: given, now });
  return typeof made === 'number' ? refuse(made) : ok({ tag_group: groupView(made.group, made.tags, false) });
}

function edit({ corp, app, body }: WecomCall): object {
  const found = tagOrGroup(corp, textOf(body, 'id'));
  if (!found) return refuse(40068);
  if (found.one.owner !== ownerOf(app)) return refuse(81011);
  const name = textOf(body, 'name');
  if ([...name].length > 30) return refuse(40072);
  const taken = found.siblings.some((one) => one !== found.one && !one.deleted && one.name === name);
  if (name !== '' && taken) return refuse(40071);
  if (name !== '') found.one.name = name;
  if ('order' in body) found.one.order = numberOf(body, 'order', 0);
  return ok();
}

function remove({ corp, app, body }: WecomCall): object {
  const ids = [...textsOf(body, 'tag_id'), ...textsOf(body, 'group_id')];
  if (ids.length === 0) return refuse(40058);
  const found = ids.map((id) => tagOrGroup(corp, id));
  if (found.some((one) => one === null)) return refuse(40068);
  if (found.some((one) => one?.one.owner !== ownerOf(app))) return refuse(81011);
  removeTags(corp, ids);
  return ok();
}

function mark({ corp, body }: WecomCall): object {
  const adding = textsOf(body, 'add_tag');
  const removing = textsOf(body, 'remove_tag');
  if (adding.length + removing.length === 0) return refuse(40058);
  const person = corp.people.get(textOf(body, 'external_userid'));
  if (person === undefined) return refuse(40096);
  const contact = corp.contact(textOf(body, 'userid'), person);
  if (!contact || contact.state === 'half' || contact.state === 'gone') return refuse(84061);
  const known = new Set(corp.allTags().map((tag) => tag.id));
  if (adding.some((id) => !known.has(id))) return refuse(40068);
  contact.tags = [...new Set([...contact.tags, ...adding])].filter((id) => !removing.includes(id));
  return ok();
}

function groupView(group: CorpTagGroup, tags: CorpTag[], byId: boolean): object {
  const flag = (one: CorpTag) => (byId && one.deleted ? { deleted: true } : {});
  return {
    group_id: group.id,
    group_name: group.name,
    create_time: seconds(group.createdAt),
    order: group.order,
    ...flag(group),
    tag: tags.map((tag) => ({ id: tag.id, name: tag.name, create_time: seconds(tag.createdAt), order: tag.order, ...flag(tag) })),
  };
}

