// What a grant, a window and a refusal do to a permit: plain arithmetic, so that remaining always equals credits minus messages.
import { windowRule, type WindowAction } from '@huiliu/shared';

/** How a permit stands in the ledger; `remaining` null: unlimited. */
export interface PermitState {
  identityId: string;
  kind: string;
  scope: string;
  remaining: number | null;
  openedAt: Date | null;
  expiresAt: Date | null;
  refusedAt: Date | null;
}

/**
 * What an accept is worth. One that is told late, about a time before the platform refused us, was used up or void by then:
 * it is recorded with no worth. Callbacks carry whole seconds, so the refusal's second itself still counts.
 */
export function worthOfAccept(occurredAt: Date, refusedAt: Date | null): 0 | 1 {
  return refusedAt !== null && occurredAt.getTime() < Math.floor(refusedAt.getTime() / 1000) * 1000 ? 0 : 1;
}

export interface WindowOpening {
  /** Sends that stand afterwards; those planned against the permit already are taken off, because they will use the new window. */
  remaining: number;
  change: number;
  expiresAt: Date;
  granted: number;
}

/**
 * What an action of the customer does to its window: reset, never added. Undefined: nothing, because the action is older than what we
 * know, its window is over by now, or this platform grants nothing for it.
 */
export function openWindow(permit: PermitState, action: { platform: string; action: WindowAction; at: Date }, outstanding: number, now: Date): WindowOpening | undefined {
  const rule = windowRule(action.platform, action.action);
  if (!rule) return undefined;
  const expiresAt = new Date(action.at.getTime() + (rule.lastsSeconds ?? 0) * 1000);
  if (expiresAt <= now || (permit.openedAt !== null && permit.openedAt >= action.at)) return undefined;
  const granted = rule.sends ?? 0;
  const remaining = Math.max(0, granted - outstanding);
  return { remaining, change: remaining - (permit.remaining ?? 0), expiresAt, granted };
}

/**
 * The correction when the platform says there is nothing left, as of a moment: accepts after it still stand.
 * @param freed messages that stop counting against the permit with this correction (the refused ones)
 */
export function zeroing(remaining: number, later: number, freed: number): { remaining: number; change: number } {
  const left = Math.min(remaining, later);
  return { remaining: left, change: left - remaining - freed };
}
