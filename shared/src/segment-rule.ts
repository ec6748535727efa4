// The segment expression: a small tree of conditions over what we know of a customer. Console, API and database judge by this file.
import { z } from 'zod';

export const MAX_SEGMENT_DEPTH = 8;
export const MAX_SEGMENT_LEAVES = 50;
const MAX_DAYS = 3650;

const DAYS = `must be a whole number between 1 and ${MAX_DAYS}`;
const ID = 'must be an id';
const days = z.int({ error: DAYS }).min(1, DAYS).max(MAX_DAYS, DAYS);
const id = z.guid({ error: ID });
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const SOURCES = 'must be a list of 1 to 50 sources';
const HOURS = 'must be a number between 0 and 48';
const AT_LEAST = 'must be a whole number between 1 and 1000';
const YES_NO = 'must be true or false';

const LEAVES = {
  tag: z.strictObject({ type: z.literal('tag'), tagId: id, has: z.boolean({ error: YES_NO }) }),
  source: z.strictObject({
    type: z.literal('source'),
    in: z.array(z.string({ error: 'must be a text' }).min(1, 'cannot be empty').max(60, 'takes at most 60 characters'), { error: SOURCES })
      .min(1, SOURCES).max(50, SOURCES),
  }),
  first_seen: z.strictObject({ type: z.literal('first_seen'), op: oneOf('within', 'before'), days }),
  last_visit: z.union([
    z.strictObject({ type: z.literal('last_visit'), op: oneOf('within', 'before'), days }),
    z.strictObject({ type: z.literal('last_visit'), op: z.literal('never') }),
  ]),
  has_coupon: z.strictObject({
    type: z.literal('has_coupon'), templateId: id.optional(), state: oneOf('claimed', 'redeemed', 'expired', 'revoked'),
  }),
  coupon_expires_within: z.strictObject({ type: z.literal('coupon_expires_within'), days, templateId: id.optional() }),
  has_permit: z.strictObject({
    type: z.literal('has_permit'),
    templateId: id.optional(),
    kind: oneOf('one_time_subscription', 'long_term_subscription', 'service_window').optional(),
    atLeast: z.int({ error: AT_LEAST }).min(1, AT_LEAST).max(1000, AT_LEAST),
  }),
  window_open: z.strictObject({ type: z.literal('window_open'), hoursLeft: z.number({ error: HOURS }).min(0, HOURS).max(48, HOURS) }),
  redeemed: z.strictObject({ type: z.literal('redeemed'), days }),
  claimed_offer: z.strictObject({ type: z.literal('claimed_offer'), offerId: id }),
};

export type SegmentLeafType = keyof typeof LEAVES;
export const SEGMENT_LEAF_TYPES = Object.keys(LEAVES) as SegmentLeafType[];

/**
 * One condition. Days count back from now. `last_visit before` means no visit in the last N days, never included;
 * `has_coupon claimed` means held, unused and not past its end; permits past their end count nothing;
 * `has_permit atLeast` adds up all permits it names (an unlimited one is always enough); no templateId means any.
 */
export type SegmentLeaf = { [T in SegmentLeafType]: z.infer<(typeof LEAVES)[T]> }[SegmentLeafType];
export type SegmentNode = { and: SegmentNode[] } | { or: SegmentNode[] } | { not: SegmentNode } | SegmentLeaf;
/** `{version: 1, root: {and: []}}` is everyone. */
export interface SegmentRule {
  version: 1;
  root: SegmentNode;
}

/** What is wrong with a rule and where; `path` is written as in code: `root.and[2].days`. `problem` is a key for the console. */
export interface SegmentRuleProblem {
  path: string;
  problem: 'wrong_value' | 'unknown_type' | 'too_deep' | 'too_many' | 'empty_group' | 'not_a_rule';
  message: string;
}
export type ParsedSegmentRule = { ok: true; rule: SegmentRule } | { ok: false; problems: SegmentRuleProblem[] };

/** Reads a rule from JSON of any shape and size. A hostile tree is refused before anything walks it recursively. */
export function parseSegmentRule(value: unknown): ParsedSegmentRule {
  if (!isObject(value) || value['version'] !== 1 || !isObject(value['root'])) {
    return failed({ path: 'rule', problem: 'not_a_rule', message: 'rule: must be {"version": 1, "root": {…}}' });
  }
  const tooMuch = whyTooMuch(value['root']);
  if (tooMuch) return failed(tooMuch);
  const problems: SegmentRuleProblem[] = [];
  const root = readNode(value['root'], 'root', problems);
  return problems.length > 0 || root === undefined ? { ok: false, problems } : { ok: true, rule: { version: 1, root } };
}

/** The same as a schema, for forms and stored rules. */
export const segmentRuleSchema = z.unknown().transform((value, context): SegmentRule => {
  const parsed = parseSegmentRule(value);
  if (parsed.ok) return parsed.rule;
  for (const problem of parsed.problems) {
    context.addIssue({ code: 'custom', message: problem.message, path: [problem.path] });
  }
  return z.NEVER;
});

/** Everyone: the rule a new segment starts from. */
export const EVERYONE: SegmentRule = { version: 1, root: { and: [] } };

/** All conditions of a rule, left to right. */
export function segmentLeaves(node: SegmentNode): SegmentLeaf[] {
  if ('and' in node) return node.and.flatMap(segmentLeaves);
  if ('or' in node) return node.or.flatMap(segmentLeaves);
  return 'not' in node ? segmentLeaves(node.not) : [node];
}

// An explicit stack: the tree may be as deep as its sender likes, ours may not.
function whyTooMuch(root: unknown): SegmentRuleProblem | undefined {
  const stack = [{ node: root, depth: 1 }];
  let count = 0;
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.depth > MAX_SEGMENT_DEPTH) {
      return { path: 'root', problem: 'too_deep', message: `root: may be nested at most ${MAX_SEGMENT_DEPTH} deep; merge some groups` };
    }
    const children = childrenOf(top.node);
    if (children.length === 0) count += 1;
    if (count + stack.length + children.length > MAX_SEGMENT_LEAVES * 2 || count > MAX_SEGMENT_LEAVES) {
      return { path: 'root', problem: 'too_many', message: `root: may hold at most ${MAX_SEGMENT_LEAVES} conditions; remove some` };
    }
    for (const child of children) stack.push({ node: child, depth: top.depth + 1 });
  }
  return undefined;
}

function childrenOf(node: unknown): unknown[] {
  if (!isObject(node)) return [];
  if (Array.isArray(node['and'])) return node['and'];
  if (Array.isArray(node['or'])) return node['or'];
  return 'not' in node ? [node['not']] : [];
}

function readNode(node: unknown, path: string, problems: SegmentRuleProblem[]): SegmentNode | undefined {
  if (!isObject(node)) return wrong(problems, path, 'wrong_value', 'must be a group or a condition');
  const groups = (['and', 'or', 'not'] as const).filter((key) => key in node);
  const [group] = groups;
  if (group === undefined) return readLeaf(node, path, problems);
  if (Object.keys(node).length > 1) return wrong(problems, path, 'wrong_value', `a group holds "${group}" and nothing else`);
  if (group === 'not') {
    const inner = readNode(node['not'], `${path}.not`, problems);
    return inner && { not: inner };
  }
  return readGroup({ key: group, members: node[group], path }, problems);
}

function readGroup(group: { key: 'and' | 'or'; members: unknown; path: string }, problems: SegmentRuleProblem[]): SegmentNode | undefined {
  const { key, members, path } = group;
  if (!Array.isArray(members)) return wrong(problems, `${path}.${key}`, 'wrong_value', 'must be a list');
  const isEveryone = path === 'root' && key === 'and';
  if (members.length === 0 && !isEveryone) return wrong(problems, `${path}.${key}`, 'empty_group', 'needs at least one condition');
  const read = members.map((member, index) => readNode(member, `${path}.${key}[${index}]`, problems));
  const whole = read.filter((member) => member !== undefined);
  return key === 'and' ? { and: whole } : { or: whole };
}

function readLeaf(node: Record<string, unknown>, path: string, problems: SegmentRuleProblem[]): SegmentLeaf | undefined {
  const type = node['type'];
  if (!isLeafType(type)) return wrong(problems, `${path}.type`, 'unknown_type', `must be one of ${SEGMENT_LEAF_TYPES.join(', ')}`);
  const schema = type === 'last_visit' ? lastVisitSchema(node) : LEAVES[type];
  const parsed = schema.safeParse(node);
  if (parsed.success) return parsed.data as SegmentLeaf;
  for (const issue of parsed.error.issues) {
    const unknown = issue.code === 'unrecognized_keys' ? `unknown field ${issue.keys.join(', ')}; remove it` : issue.message;
    wrong(problems, [path, ...issue.path.map(String)].join('.').replace(/\.(\d+)/gu, '[$1]'), 'wrong_value', unknown);
  }
  return undefined;
}

// A union's issue says only "invalid input"; the branch that the op names says which field is wrong.
function lastVisitSchema(node: Record<string, unknown>): z.ZodType {
  const [dated, never] = LEAVES.last_visit.options;
  if (node['op'] === 'never') return never;
  return node['op'] === 'within' || node['op'] === 'before' ? dated : dated.extend({ op: oneOf('within', 'before', 'never'), days: z.unknown() });
}

function wrong(problems: SegmentRuleProblem[], path: string, problem: SegmentRuleProblem['problem'], says: string): undefined {
  problems.push({ path, problem, message: `${path}: ${says}` });
  return undefined;
}

function failed(problem: SegmentRuleProblem): ParsedSegmentRule {
  return { ok: false, problems: [problem] };
}

function isLeafType(value: unknown): value is SegmentLeafType {
  return typeof value === 'string' && Object.hasOwn(LEAVES, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
