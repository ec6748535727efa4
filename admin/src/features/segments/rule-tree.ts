// The rule as the builder edits it: groups and rows with keys of their own, from and to the rule that is stored.
import {
  parseSegmentRule, type SegmentLeaf, type SegmentLeafType, type SegmentNode, type SegmentRule, type SegmentRuleProblem,
} from '@huiliu/shared';

/** Rows are edited field by field, so every field of every leaf may be there or not. */
export interface LeafDraft {
  type: SegmentLeafType;
  tagId?: string;
  has?: boolean;
  in?: string[];
  op?: 'within' | 'before' | 'never';
  days?: number;
  templateId?: string;
  state?: 'claimed' | 'redeemed' | 'expired' | 'revoked';
  kind?: 'one_time_subscription' | 'long_term_subscription' | 'service_window';
  atLeast?: number;
  hoursLeft?: number;
  offerId?: string;
}
export interface Row { row: true; key: number; leaf: LeafDraft }
export interface Group { row: false; key: number; join: 'and' | 'or'; negated: boolean; items: (Row | Group)[] }

/** Groups inside groups: more than this nobody can read. */
export const MAX_NESTING = 3;

let keys = 0;
const nextKey = (): number => ++keys;

const STARTS: Record<SegmentLeafType, LeafDraft> = {
  last_visit: { type: 'last_visit', op: 'before', days: 30 },
  first_seen: { type: 'first_seen', op: 'within', days: 7 },
  has_coupon: { type: 'has_coupon', state: 'claimed' },
  coupon_expires_within: { type: 'coupon_expires_within', days: 3 },
  redeemed: { type: 'redeemed', days: 30 },
  claimed_offer: { type: 'claimed_offer', offerId: '' },
  has_permit: { type: 'has_permit', atLeast: 1 },
  window_open: { type: 'window_open', hoursLeft: 1 },
  tag: { type: 'tag', has: true, tagId: '' },
  source: { type: 'source', in: [] },
};

/** In the order in which the builder offers them. */
export const LEAF_TYPES = Object.keys(STARTS) as SegmentLeafType[];

/** A condition of this kind with everyday values. */
export function startLeaf(type: SegmentLeafType): LeafDraft {
  return structuredClone(STARTS[type]);
}

export function newRow(type: SegmentLeafType = 'last_visit'): Row {
  return { row: true, key: nextKey(), leaf: startLeaf(type) };
}

export function newGroup(join: 'and' | 'or' = 'or', items: (Row | Group)[] = [newRow()]): Group {
  return { row: false, key: nextKey(), join, negated: false, items };
}

/** Without values of the fields that its `op` does not use. */
export function tidyLeaf(leaf: LeafDraft): LeafDraft {
  const { days, templateId, kind, ...rest } = leaf;
  return {
    ...rest,
    ...(days !== undefined && leaf.op !== 'never' ? { days } : {}),
    ...(templateId ? { templateId } : {}),
    ...(kind ? { kind } : {}),
  };
}

/** A stored rule for the builder. The root is always a group. */
export function toTree(rule: SegmentRule): Group {
  const root = toItem(rule.root);
  return root.row ? newGroup('and', [root]) : root;
}

function toItem(node: SegmentNode): Row | Group {
  if ('and' in node) return newGroup('and', node.and.map(toItem));
  if ('or' in node) return newGroup('or', node.or.map(toItem));
  if (!('not' in node)) return { row: true, key: nextKey(), leaf: { ...(node as SegmentLeaf) } };
  const inner = toItem(node.not);
  if (inner.row) return { ...newGroup('and', [inner]), negated: true };
  return inner.negated ? { ...newGroup('and', [inner]), negated: true } : { ...inner, negated: true };
}

/** The rule as JSON, complete or not. */
export function toJson(tree: Group): { version: 1; root: unknown } {
  return { version: 1, root: itemJson(tree) };
}

function itemJson(item: Row | Group): unknown {
  if (item.row) return tidyLeaf(item.leaf);
  const group = { [item.join]: item.items.map(itemJson) };
  return item.negated ? { not: item.items.length === 1 && item.items[0]?.row ? itemJson(item.items[0]) : group } : group;
}

export type TreeState = { rule: SegmentRule; problems: [] } | { rule: undefined; problems: SegmentRuleProblem[] };

/** What the server would say to it. */
export function judgeTree(tree: Group): TreeState {
  const parsed = parseSegmentRule(toJson(tree));
  return parsed.ok ? { rule: parsed.rule, problems: [] } : { rule: undefined, problems: parsed.problems };
}

/** Whether one row is complete, judged alone. */
export function isComplete(leaf: LeafDraft): boolean {
  return parseSegmentRule({ version: 1, root: tidyLeaf(leaf) }).ok;
}
