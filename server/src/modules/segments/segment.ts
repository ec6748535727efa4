// What a segment rule means, for one person held in memory. The SQL of segment-sql.ts must always give the same answer.
import type { SegmentLeaf, SegmentNode, SegmentRule } from '@huiliu/shared';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface CustomerFacts {
  tagIds: ReadonlySet<string>;
  firstSource: string | null;
  createdAt: Date;
  lastVisitAt: Date | null;
  coupons: readonly { templateId: string; offerId: string | null; state: string; expiresAt: Date }[];
  /** Permits of identities that are not revoked. `remaining` null: unlimited. `scope`: our template id, or the window's action. */
  permits: readonly { kind: string; scope: string; remaining: number | null; expiresAt: Date | null }[];
  redemptions: readonly { redeemedAt: Date; undoneAt: Date | null }[];
}

/** The instant `days` before now. */
export const daysBefore = (now: Date, days: number): Date => new Date(now.getTime() - days * DAY_MS);

/** The instant `hours` after now. */
export const hoursAfter = (now: Date, hours: number): Date => new Date(now.getTime() + hours * HOUR_MS);

/** Whether the person belongs to the segment at this instant. */
export function matchesSegment(rule: SegmentRule, facts: CustomerFacts, now: Date): boolean {
  return matchesNode(rule.root, facts, now);
}

function matchesNode(node: SegmentNode, facts: CustomerFacts, now: Date): boolean {
  if ('and' in node) return node.and.every((member) => matchesNode(member, facts, now));
  if ('or' in node) return node.or.some((member) => matchesNode(member, facts, now));
  return 'not' in node ? !matchesNode(node.not, facts, now) : matchesLeaf(node, facts, now);
}

function matchesLeaf(leaf: SegmentLeaf, facts: CustomerFacts, now: Date): boolean {
  switch (leaf.type) {
    case 'tag': return facts.tagIds.has(leaf.tagId) === leaf.has;
    case 'source': return facts.firstSource !== null && leaf.in.includes(facts.firstSource);
    case 'first_seen': return (facts.createdAt >= daysBefore(now, leaf.days)) === (leaf.op === 'within');
    case 'last_visit': return leaf.op === 'never' ? facts.lastVisitAt === null : hasVisited(facts, leaf.days, now) === (leaf.op === 'within');
    case 'has_coupon': return facts.coupons.some((coupon) => isOf(leaf.templateId, coupon) && couponState(coupon, now) === leaf.state);
    case 'coupon_expires_within': {
      const end = hoursAfter(now, leaf.days * 24);
      return facts.coupons.some((coupon) => isOf(leaf.templateId, coupon) && couponState(coupon, now) === 'claimed' && coupon.expiresAt <= end);
    }
    case 'has_permit': return permitsLeft(leaf, facts, now) >= leaf.atLeast;
    case 'window_open': {
      const until = hoursAfter(now, leaf.hoursLeft);
      return facts.permits.some((permit) => permit.kind === 'service_window' && permit.remaining !== 0 && permit.expiresAt !== null && permit.expiresAt > until);
    }
    case 'redeemed': return facts.redemptions.some((one) => one.undoneAt === null && one.redeemedAt >= daysBefore(now, leaf.days));
    case 'claimed_offer': return facts.coupons.some((coupon) => coupon.offerId === leaf.offerId);
  }
}

function hasVisited(facts: CustomerFacts, days: number, now: Date): boolean {
  return facts.lastVisitAt !== null && facts.lastVisitAt >= daysBefore(now, days);
}

function isOf(templateId: string | undefined, coupon: { templateId: string }): boolean {
  return templateId === undefined || coupon.templateId === templateId;
}

// The expiry job may lag a minute behind the clock; a rule goes by the clock.
function couponState(coupon: { state: string; expiresAt: Date }, now: Date): string {
  return coupon.state === 'claimed' && coupon.expiresAt <= now ? 'expired' : coupon.state;
}

function permitsLeft(leaf: { templateId?: string | undefined; kind?: string | undefined }, facts: CustomerFacts, now: Date): number {
  const counted = facts.permits.filter(
    (permit) =>
      (leaf.templateId === undefined || permit.scope === leaf.templateId) &&
      (leaf.kind === undefined || permit.kind === leaf.kind) &&
      (permit.expiresAt === null || permit.expiresAt > now),
  );
  return counted.reduce((sum, permit) => sum + (permit.remaining ?? Infinity), 0);
}
