// A call for many people, as plain rules: what an answer means for all of them, when to look again, when to give up.
import { TASK_REMINDERS } from '@huiliu/shared';
import type { SendResult } from '../../channels/index.js';
import { settlementOf, type Attempt, type Settlement } from '../settle.js';

export type BatchKind = 'mass_post' | 'contact_message';
export type BatchState = 'sending' | 'awaiting' | 'finished' | 'failed' | 'unknown';

export interface Batch {
  id: string;
  dispatchId: string;
  channelId: string;
  contentIndex: number;
  kind: BatchKind;
  state: BatchState;
  platformId: string | null;
  size: number;
  attempts: number;
  looks: number;
  reminders: number;
  remindedAt: Date | null;
  deadlineAt: Date | null;
  isWithdrawn: boolean;
  createdAt: Date;
  submittedAt: Date | null;
}

export const MOST_CALLS = 5;
/** A post whose end the platform never told. */
export const POST_PATIENCE_MS = 24 * 3_600_000;
/** Employees who have not confirmed are reminded after so long, and again after as long. */
const REMIND_AFTER_MS = 4 * 3_600_000;
const MINUTE_MS = 60_000;

/** What everybody of a batch becomes by the platform's answer to the call; undefined: nothing is known yet, the call may be made again. */
export function batchSettlement(kind: BatchKind, result: SendResult, attempt: Attempt): Settlement | undefined {
  // A post carries an id of ours: a second call is the same post.
  if (kind === 'mass_post' && result.outcome === 'upstream' && result.mayHaveBeenSent && attempt.attempts < MOST_CALLS) return undefined;
  const settlement = settlementOf(result, attempt);
  // The account's allowance is gone, not these people's: what they hold goes back.
  if (settlement.effect === 'refuse') return { ...settlement, reason: 'allowance_used_up', effect: 'release' };
  return settlement;
}

/** Looks at a group send: often at first, when employees have just been asked, then every half hour. */
export function nextTaskLook(now: Date, looks: number, deadlineAt: Date | null): Date {
  const wait = Math.min(30 * MINUTE_MS, MINUTE_MS * 2 ** Math.min(looks, 5));
  const at = new Date(now.getTime() + wait);
  return deadlineAt !== null && deadlineAt > now && deadlineAt < at ? deadlineAt : at;
}

/** A post is looked at only in case its event was lost. */
export const nextPostLook = (now: Date): Date => new Date(now.getTime() + 10 * MINUTE_MS);

/** Whether employees should be reminded now; the platform allows three a day. */
export function isTimeToRemind({ reminders, remindedAt, submittedAt }: Pick<Batch, 'reminders' | 'remindedAt' | 'submittedAt'>, now: Date): boolean {
  const last = remindedAt ?? submittedAt;
  return last !== null && reminders < TASK_REMINDERS.most && now.getTime() - last.getTime() >= REMIND_AFTER_MS;
}

/** The later moment counts no more: what arrives after the campaign's use is over helps nobody. */
export function deadlineOf(now: Date, hours: number, latestUsefulAt: Date | undefined): Date {
  const deadline = new Date(now.getTime() + hours * 3_600_000);
  return latestUsefulAt !== undefined && latestUsefulAt < deadline ? latestUsefulAt : deadline;
}

/** A post's end in its platform's words: `send success`, `send fail`, or `err(n)`. */
export const isPostSent = (status: string): boolean => status.trim().toLowerCase() === 'send success';
