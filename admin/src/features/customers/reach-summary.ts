// What one person's permits add up to, for a list's single line.

export interface PermitFacts {
  kind: string;
  remaining?: number | null;
  expiresAt?: string | null;
  refusedAt?: string | null;
}

export interface ReachSummary {
  /** Reminders left over all templates; Infinity when one is unlimited. */
  reminders: number;
  /** When the last open window closes. */
  windowUntil?: string;
}

/** True when the permit can be used at this moment. */
export function isOpen(permit: PermitFacts, now: Date): boolean {
  const isLeft = permit.remaining === null || permit.remaining === undefined || permit.remaining > 0;
  return isLeft && !permit.refusedAt && (!permit.expiresAt || new Date(permit.expiresAt) > now);
}

export function summarise(permits: readonly PermitFacts[], now = new Date()): ReachSummary {
  const open = permits.filter((permit) => isOpen(permit, now));
  const reminders = open.filter((permit) => permit.kind !== 'service_window').reduce((sum, permit) => sum + (permit.remaining ?? Infinity), 0);
  const windowUntil = open
    .flatMap((permit) => (permit.kind === 'service_window' && permit.expiresAt ? [permit.expiresAt] : []))
    .sort()
    .at(-1);
  return { reminders, ...(windowUntil !== undefined && { windowUntil }) };
}
