// Compiles a segment rule into one SQL condition over `customers c`. Values travel as parameters, never as text.
import type { SegmentLeaf, SegmentNode, SegmentRule } from '@huiliu/shared';
import { daysBefore, hoursAfter } from './segment.js';

export interface CompiledSegment {
  /** A boolean, never null, over the alias `c`; parameters are numbered from `startParam`. */
  sql: string;
  params: unknown[];
}

/**
 * `startParam` is the number of the first parameter ($n), so that the condition fits into a larger statement.
 * Subqueries are correlated EXISTS: Postgres turns them into semi-joins for a whole tenant and into index
 * probes for one chunk or one person, whichever is cheaper. Nothing in them can be null, so NOT is exact.
 */
export function compileSegment(rule: SegmentRule, at: { now: Date; startParam: number }): CompiledSegment {
  const params: unknown[] = [];
  const use = (value: unknown, type: string): string => {
    params.push(value);
    return `$${at.startParam + params.length - 1}::${type}`;
  };
  return { sql: compileNode(rule.root, { use, now: at.now }), params };
}

interface Scope {
  use: (value: unknown, type: string) => string;
  now: Date;
}

function compileNode(node: SegmentNode, scope: Scope): string {
  if ('and' in node) return join(node.and, ' and ', scope) ?? 'true';
  if ('or' in node) return join(node.or, ' or ', scope) ?? 'false';
  return 'not' in node ? `not ${compileNode(node.not, scope)}` : compileLeaf(node, scope);
}

function join(members: readonly SegmentNode[], by: string, scope: Scope): string | undefined {
  return members.length === 0 ? undefined : `(${members.map((member) => compileNode(member, scope)).join(by)})`;
}

function compileLeaf(leaf: SegmentLeaf, { use, now }: Scope): string {
  const time = (at: Date): string => use(at, 'timestamptz');
  const templateIs = (column: string, id: string | undefined): string => (id === undefined ? '' : ` and ${column} = ${use(id, 'uuid')}`);
  const coupon = (condition: string): string => `exists (select 1 from coupons k where k.customer_id = c.id and ${condition})`;
  switch (leaf.type) {
    case 'tag': return `${leaf.has ? '' : 'not '}exists (select 1 from customer_tags g where g.customer_id = c.id and g.tag_id = ${use(leaf.tagId, 'uuid')})`;
    case 'source': return `(c.first_source is not null and c.first_source = any(${use(leaf.in, 'text[]')}))`;
    case 'first_seen': return `(c.created_at ${leaf.op === 'within' ? '>=' : '<'} ${time(daysBefore(now, leaf.days))})`;
    case 'last_visit':
      if (leaf.op === 'never') return '(c.last_visit_at is null)';
      return leaf.op === 'within'
        ? `(c.last_visit_at is not null and c.last_visit_at >= ${time(daysBefore(now, leaf.days))})`
        : `(c.last_visit_at is null or c.last_visit_at < ${time(daysBefore(now, leaf.days))})`;
    case 'has_coupon': return coupon(`${couponIs(leaf.state, time, now)}${templateIs('k.template_id', leaf.templateId)}`);
    case 'coupon_expires_within':
      return coupon(`k.state = 'claimed' and k.expires_at > ${time(now)} and k.expires_at <= ${time(hoursAfter(now, leaf.days * 24))}${templateIs('k.template_id', leaf.templateId)}`);
    case 'has_permit': return hasPermit(leaf, { use, now });
    case 'window_open':
      return `exists (${heldPermits()} and p.kind = 'service_window' and (p.remaining is null or p.remaining > 0) and p.expires_at > ${time(hoursAfter(now, leaf.hoursLeft))})`;
    case 'redeemed':
      return `exists (select 1 from redemptions r where r.customer_id = c.id and r.undone_at is null and r.redeemed_at >= ${time(daysBefore(now, leaf.days))})`;
    case 'claimed_offer': return coupon(`k.offer_id = ${use(leaf.offerId, 'uuid')}`);
  }
}

function couponIs(state: string, time: (at: Date) => string, now: Date): string {
  if (state === 'claimed') return `k.state = 'claimed' and k.expires_at > ${time(now)}`;
  if (state === 'expired') return `(k.state = 'expired' or (k.state = 'claimed' and k.expires_at <= ${time(now)}))`;
  return `k.state = '${state === 'redeemed' ? 'redeemed' : 'revoked'}'`;
}

function heldPermits(columns = '1'): string {
  return `select ${columns} from identities i join permits p on p.identity_id = i.id where i.customer_id = c.id and i.revoked_at is null`;
}

function hasPermit(leaf: Extract<SegmentLeaf, { type: 'has_permit' }>, { use, now }: Scope): string {
  const named = [
    leaf.templateId === undefined ? '' : ` and p.scope = ${use(leaf.templateId, 'text')}`,
    leaf.kind === undefined ? '' : ` and p.kind = ${use(leaf.kind, 'text')}`,
    ` and (p.expires_at is null or p.expires_at > ${use(now, 'timestamptz')})`,
  ].join('');
  // one is the common question, and EXISTS can stop at the first
  if (leaf.atLeast === 1) return `exists (${heldPermits()} and (p.remaining is null or p.remaining > 0)${named})`;
  return `((${heldPermits("coalesce(sum(coalesce(p.remaining, 1000000)), 0)")}${named}) >= ${use(leaf.atLeast, 'int')})`;
}
