// Ready-made people: one tap gives a rule that a merchant would otherwise have to build.
import { EVERYONE, type SegmentNode, type SegmentRule } from '@huiliu/shared';

const rule = (...and: SegmentNode[]): SegmentRule => ({ version: 1, root: { and } });

/** Names and explanations: locales pickers.presets.<key>.* */
export const SEGMENT_PRESETS = [
  { key: 'sleepers30', rule: rule({ type: 'last_visit', op: 'before', days: 30 }) },
  { key: 'couponExpiring', rule: rule({ type: 'coupon_expires_within', days: 3 }) },
  { key: 'unusedCoupon', rule: rule({ type: 'has_coupon', state: 'claimed' }) },
  { key: 'hasReminder', rule: rule({ type: 'has_permit', atLeast: 1 }) },
  { key: 'windowOpen', rule: rule({ type: 'window_open', hoursLeft: 1 }) },
  { key: 'newcomers', rule: rule({ type: 'first_seen', op: 'within', days: 7 }, { not: { type: 'redeemed', days: 7 } }) },
  { key: 'regulars', rule: rule({ type: 'redeemed', days: 30 }) },
  { key: 'everyone', rule: EVERYONE },
] as const satisfies readonly { key: string; rule: SegmentRule }[];

export type PresetKey = (typeof SEGMENT_PRESETS)[number]['key'];

/** The preset's rule, ours to change. */
export function presetRule(key: PresetKey): SegmentRule {
  const preset = SEGMENT_PRESETS.find((one) => one.key === key);
  return structuredClone(preset?.rule ?? EVERYONE);
}

/** Whether two rules are the same, however their keys are ordered (the database orders them anew). */
export function isSameRule(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a.localeCompare(b)))
      : inner);
}

/** The name, or the name with the first number that is free. */
export function freeName(name: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
