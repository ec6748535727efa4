// What an answer of the platform means for one message: its next state, and what becomes of the permit it holds.
import type { SendResult } from '../channels/index.js';

export type Effect =
  | 'spend' // the permit is spent, or may be
  | 'keep' // still reserved: it will be tried again
  | 'release' // not sent and never will be: the permit goes back
  | 'refuse'; // the person said no: the permit is corrected to zero

export interface Settlement {
  state: 'sent' | 'unknown' | 'planned' | 'refused' | 'failed' | 'skipped';
  reason: string | null;
  effect: Effect;
  /** The ledger's word for a correction. */
  correction?: 'drift' | 'blocked';
  /** The person may still be reached over a later rung. */
  canReroute?: boolean;
  dueAt?: Date;
  /** A try that was not the platform's fault or ours does not count. */
  isFreeTry?: boolean;
  platformId?: string;
  code?: number;
  /** Our text or template was refused, or the account itself: what the merchant must mend. */
  fault?: { scope: 'content' | 'account'; problem: string; field?: string };
}

export interface Attempt {
  /** 1 for the first. */
  attempts: number;
  now: Date;
  latestUsefulAt: Date | undefined;
}

export const MOST_ATTEMPTS = 5;
const BACK_OFF_MS = 5_000;

/** The settlement of one send. */
export function settlementOf(result: SendResult, attempt: Attempt): Settlement {
  switch (result.outcome) {
    case 'accepted':
      return { state: 'sent', reason: null, effect: 'spend', ...(result.platformId === undefined ? {} : { platformId: result.platformId }) };
    case 'refused':
      return { ...refusal(result), code: result.code };
    case 'throttled':
      if (result.scope === 'day') return later(attempt, { waitMs: result.retryAfterMs, reason: 'day_quota', tooLate: 'quota_too_late', code: result.code, isFreeTry: true });
      return again(attempt, { baseMs: result.retryAfterMs, reason: 'platform_busy', code: result.code });
    case 'upstream':
      // The platform took the request and did not answer: these messages carry no id of ours, so a second try might reach the person twice.
      if (result.mayHaveBeenSent) return { state: 'unknown', reason: 'no_answer', effect: 'spend', code: result.code };
      return again(attempt, { baseMs: BACK_OFF_MS, reason: 'platform_down', code: result.code });
    case 'token_expired':
      return again(attempt, { baseMs: BACK_OFF_MS, reason: 'token_invalid', code: result.code });
    case 'unsupported':
      return { state: 'failed', reason: 'unsupported', effect: 'release' };
  }
}

function refusal(result: Extract<SendResult, { outcome: 'refused' }>): Settlement {
  const { reason, problem, field } = result;
  const named = field === undefined ? {} : { field };
  switch (reason) {
    case 'no_permit':
    case 'window_closed':
    case 'window_used_up':
      return { state: 'refused', reason, effect: 'refuse', correction: 'drift', canReroute: true };
    case 'unknown_person':
    case 'person_blocked':
      return { state: 'refused', reason, effect: 'refuse', correction: 'blocked', canReroute: true };
    case 'template':
    case 'content':
      return { state: 'failed', reason: `${reason}_rejected`, effect: 'release', fault: { scope: 'content', problem, ...named } };
    case 'account':
      // Nothing is wrong with the message: it stays planned, and the dispatch stops.
      return { state: 'planned', reason: 'account', effect: 'keep', isFreeTry: true, fault: { scope: 'account', problem } };
  }
}

function again(attempt: Attempt, { baseMs, reason, code }: { baseMs: number; reason: string; code: number }): Settlement {
  if (attempt.attempts >= MOST_ATTEMPTS) return { state: 'failed', reason, effect: 'release', code };
  return later(attempt, { waitMs: baseMs * 2 ** (attempt.attempts - 1), reason, tooLate: 'too_late', code });
}

interface Wait {
  waitMs: number;
  reason: string;
  tooLate: string;
  code: number;
  isFreeTry?: boolean;
}

function later({ now, latestUsefulAt }: Attempt, { waitMs, reason, tooLate, code, isFreeTry }: Wait): Settlement {
  const dueAt = new Date(now.getTime() + waitMs);
  if (latestUsefulAt !== undefined && dueAt > latestUsefulAt) return { state: 'skipped', reason: tooLate, effect: 'release', code };
  return { state: 'planned', reason, effect: 'keep', dueAt, code, ...(isFreeTry ? { isFreeTry } : {}) };
}

/** Content refusals in a row that stop a dispatch. */
export const MOST_CONTENT_FAILURES = 20;

/** How a wave moves the count of content refusals in a row: begins anew after the last message that went through. */
export function streakOf(settlements: readonly Settlement[]): { isBroken: boolean; trailing: number } {
  const last = settlements.findLastIndex((one) => one.state === 'sent' || one.state === 'refused');
  const trailing = settlements.slice(last + 1).filter((one) => one.fault?.scope === 'content').length;
  return { isBroken: last >= 0, trailing };
}
