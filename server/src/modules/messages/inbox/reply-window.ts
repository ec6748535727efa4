// What may be answered now: plain arithmetic over a person's windows as the ledger has them.

export interface WindowPermit {
  scope: string;
  remaining: number;
  expiresAt: Date;
}

export interface ReplyWindow {
  state: 'open' | 'used_up' | 'closed' | 'unreachable';
  sendsLeft: number;
  /** When the last open window ends. */
  endsAt: Date | null;
}

/** Windows of several kinds run side by side; what they hold adds up, and the longest decides the end. */
export function replyWindow(permits: readonly WindowPermit[], now: Date, isReachable: boolean): ReplyWindow {
  if (!isReachable) return { state: 'unreachable', sendsLeft: 0, endsAt: null };
  const open = permits.filter((permit) => permit.expiresAt > now);
  if (open.length === 0) return { state: 'closed', sendsLeft: 0, endsAt: null };
  const usable = open.filter((permit) => permit.remaining > 0);
  const endsAt = latest(usable.length > 0 ? usable : open);
  return { state: usable.length > 0 ? 'open' : 'used_up', sendsLeft: usable.reduce((sum, permit) => sum + permit.remaining, 0), endsAt };
}

/** The window a reply spends: the one that lasts longest, as the platform itself counts. Undefined: none is open with something left. */
export function windowToSpend(permits: readonly WindowPermit[], now: Date): WindowPermit | undefined {
  return permits.filter((permit) => permit.expiresAt > now && permit.remaining > 0).toSorted((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime())[0];
}

const latest = (permits: readonly WindowPermit[]): Date => new Date(Math.max(...permits.map((permit) => permit.expiresAt.getTime())));
