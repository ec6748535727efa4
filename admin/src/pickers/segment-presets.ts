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
