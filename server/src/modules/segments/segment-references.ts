// What a rule refers to: tags, templates, offers. A rule must not name what is not there.
import type { SegmentLeaf, SegmentNode, SegmentRule } from '@huiliu/shared';

export interface References {
  tagIds: string[];
  couponTemplateIds: string[];
  messageTemplateIds: string[];
  offerIds: string[];
}

/** Ids by table. */
export function referencesOf(leaves: readonly SegmentLeaf[]): References {
  const found: References = { tagIds: [], couponTemplateIds: [], messageTemplateIds: [], offerIds: [] };
  for (const leaf of leaves) {
    const reference = referenceOf(leaf);
    if (reference) found[reference.table].push(reference.id);
  }
  return found;
}

/** The first reference of the rule that is not among the known ids. */
export function whyUnknown(rule: SegmentRule, known: ReadonlySet<string>): { path: string; says: string } | undefined {
  for (const { leaf, path } of placedLeaves(rule.root, 'root')) {
    const reference = referenceOf(leaf);
    if (reference && !known.has(reference.id)) return { path: `${path}.${reference.field}`, says: `there is no such ${reference.word}; choose another` };
  }
  return undefined;
}

interface Reference {
  table: keyof References;
  field: string;
  id: string;
  word: string;
}

function referenceOf(leaf: SegmentLeaf): Reference | undefined {
  switch (leaf.type) {
    case 'tag': return { table: 'tagIds', field: 'tagId', id: leaf.tagId, word: 'tag' };
    case 'claimed_offer': return { table: 'offerIds', field: 'offerId', id: leaf.offerId, word: 'offer' };
    case 'has_coupon':
    case 'coupon_expires_within':
      return leaf.templateId === undefined ? undefined : { table: 'couponTemplateIds', field: 'templateId', id: leaf.templateId, word: 'coupon' };
    case 'has_permit':
      return leaf.templateId === undefined ? undefined : { table: 'messageTemplateIds', field: 'templateId', id: leaf.templateId, word: 'message template' };
    default: return undefined;
  }
}

function placedLeaves(node: SegmentNode, path: string): { leaf: SegmentLeaf; path: string }[] {
  if ('not' in node) return placedLeaves(node.not, `${path}.not`);
  if (!('and' in node) && !('or' in node)) return [{ leaf: node, path }];
  const [key, members] = 'and' in node ? ['and', node.and] as const : ['or', node.or] as const;
  return members.flatMap((member, index) => placedLeaves(member, `${path}.${key}[${index}]`));
}
