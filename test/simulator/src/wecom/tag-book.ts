import type { Corp, CorpTag, CorpTagGroup } from './corp.ts';

export interface NewTags {
  owner: string;
  groupId?: string;
  groupName?: string;
  order?: number;
  tags: { name: string; order: number }[];
  now: number;
}

const TAGS_MAX = 10_000;

/** Adds tags to a group, which is found by id or name, or made. A name that exists is not made twice. */
export function addTags(corp: Corp, { owner, groupId = '', groupName = '', order = 0, tags, now }: NewTags): { group: CorpTagGroup; tags: CorpTag[]; isNewGroup: boolean } | number {
  if (corp.allTags().length + tags.length > TAGS_MAX) return 40126;
  const living = corp.data.tagGroups.filter((one) => !one.deleted);
  let group = living.find((one) => (groupId === '' ? one.name === groupName : one.id === groupId));
  const isNewGroup = group === undefined;
  if (!group) {
    if (groupId !== '' || groupName === '') return 40068;
    group = { id: corp.id('et'), name: groupName, order, createdAt: now, owner, deleted: false, tags: [] };
    corp.data.tagGroups.push(group);
  }
  const made: CorpTag[] = [];
  for (const { name, order: tagOrder } of tags) {
    if (group.tags.some((tag) => !tag.deleted && tag.name === name)) continue;
    const tag = { id: corp.id('et'), name, order: tagOrder, createdAt: now, owner, deleted: false };
    group.tags.push(tag);
    made.push(tag);
  }
  return { group, tags: made, isNewGroup };
}

/** A living tag or group, with those its name must not collide with. */
export function tagOrGroup(corp: Corp, id: string): { one: CorpTag; siblings: CorpTag[]; type: 'tag' | 'tag_group' } | null {
  for (const group of corp.data.tagGroups) {
    if (group.id === id && !group.deleted) return { one: group, siblings: corp.data.tagGroups, type: 'tag_group' };
    const tag = group.tags.find((one) => one.id === id && !one.deleted);
    if (tag) return { one: tag, siblings: group.tags, type: 'tag' };
  }
  return null;
}

/** Removes tags and groups, and takes them off all contacts. A group disappears with its last tag. */
export function removeTags(corp: Corp, ids: string[]): void {
  for (const group of corp.data.tagGroups) {
    for (const tag of group.tags) if (ids.includes(tag.id) || ids.includes(group.id)) tag.deleted = true;
    if (group.tags.every((tag) => tag.deleted)) group.deleted = true;
  }
  const living = new Set(corp.allTags().map((tag) => tag.id));
  for (const people of corp.data.contacts.values()) {
    for (const contact of people.values()) if (contact.tags.some((id) => !living.has(id))) contact.tags = contact.tags.filter((id) => living.has(id));
  }
}
