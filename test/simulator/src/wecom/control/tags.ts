import type { FastifyInstance } from 'fastify';
import { ControlError } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import type { Corp } from '../corp.ts';
import { pushToCorp } from '../pushes.ts';
import { addTags, removeTags, tagOrGroup } from '../tag-book.ts';
import { corpOr404 } from './found.ts';

interface At {
  Params: { corpid: string; id: string };
}

const text = { type: 'string', minLength: 1 };

/** Tags as the admin changes them in the console; unlike the API's, these changes raise events. */
export function addTagControl(server: FastifyInstance, world: World): void {
  const tell = (corp: Corp, fields: Record<string, string>) => void pushToCorp(world, corp, { kind: 'contact', event: 'change_external_tag', fields: () => fields });
  const create = { type: 'object', required: ['group', 'tags'], properties: { group: text, tags: { type: 'array', items: text } } };
  server.post<At & { Body: { group: string; tags: string[] } }>('/sim/corps/:corpid/tags', { schema: { body: create } }, (req) => {
    const corp = corpOr404(world, req.params.corpid);
    const made = addTags(corp, { owner: 'admin', groupName: req.body.group, tags: req.body.tags.map((name) => ({ name, order: 0 })), now: world.clock.now() });
    if (typeof made === 'number') throw new ControlError(409, `refused with ${made}`);
    if (made.isNewGroup) tell(corp, { Id: made.group.id, TagType: 'tag_group', ChangeType: 'create' });
    for (const tag of made.tags) tell(corp, { Id: tag.id, TagType: 'tag', ChangeType: 'create' });
    return { groupId: made.group.id, tags: made.tags.map(({ id, name }) => ({ id, name })) };
  });
  server.post<At & { Body: { group?: string } }>('/sim/corps/:corpid/tags/shuffle', (req) => {
    const corp = corpOr404(world, req.params.corpid);
    for (const group of corp.data.tagGroups) if (!req.body.group || req.body.group === group.id) group.tags.forEach((tag, index) => (tag.order = index + 1));
    tell(corp, { Id: req.body.group ?? '', ChangeType: 'shuffle' });
    return { shuffled: true };
  });
  const rename = { type: 'object', required: ['name'], properties: { name: text } };
  server.patch<At & { Body: { name: string } }>('/sim/corps/:corpid/tags/:id', { schema: { body: rename } }, (req) => {
    const { corp, found } = tagOr404(world, req.params);
    found.one.name = req.body.name;
    tell(corp, { Id: req.params.id, TagType: found.type, ChangeType: 'update' });
    return { id: req.params.id, name: req.body.name };
  });
  server.delete<At>('/sim/corps/:corpid/tags/:id', (req) => {
    const { corp, found } = tagOr404(world, req.params);
    removeTags(corp, [req.params.id]);
    tell(corp, { Id: req.params.id, TagType: found.type, ChangeType: 'delete' });
    return { removed: true };
  });
}

function tagOr404(world: World, { corpid, id }: At['Params']): { corp: Corp; found: NonNullable<ReturnType<typeof tagOrGroup>> } {
  const corp = corpOr404(world, corpid);
  const found = tagOrGroup(corp, id);
  if (!found) throw new ControlError(404, `no tag ${id}`);
  return { corp, found };
}
