// Permits that nobody has to earn: the calendar's, and a follower's. Their rows are made when the first message is planned against them,
// so that nothing is written for people whom nobody writes to.
import { contactAllowance, contactRuleOf, postAllowance } from '@huiliu/shared';
import { isBatchKind, type Rung } from './plan.js';

export interface OwnPermit {
  kind: 'template_message' | 'mass_post' | 'contact_message';
  /** The period; '' for a permit that has none. */
  scope: string;
  /** Null: no number. */
  sends: number | null;
  endsAt: Date | null;
}

export type ChannelSettings = Readonly<Record<string, unknown>>;

/** The permit that a rung has by itself at a moment; undefined for rungs that live by what people grant. */
export function ownPermitOf(rung: Rung, at: Date, settings: ChannelSettings = {}): OwnPermit | undefined {
  if (rung.kind === 'template') return { kind: 'template_message', scope: '', sends: null, endsAt: null };
  if (rung.kind === 'post') return postAllowance(at);
  if (rung.kind === 'contact_task') return contactAllowance(at, contactRuleOf(settings));
  return undefined;
}

/** Whether any rung has a permit by itself: other ladders are not asked about it. */
export const hasOwnPermits = (rungs: readonly Rung[]): boolean => rungs.some((rung) => rung.kind === 'template' || isBatchKind(rung.kind));
