// What a campaign's numbers mean, as data for sentences. No words here: locales campaigns.report.*.

export type CampaignState = 'draft' | 'planning' | 'sending' | 'paused' | 'stopped' | 'completed' | 'cancelled';

export interface Progress {
  audience: number; planned: number; leased: number; sending: number; awaiting: number; sent: number; unknown: number; refused: number;
  failed: number; skipped: number; heldBack: number; cancelled: number; chunks: number; chunksDone: number;
}

/** Whether numbers still move by themselves. */
export const isRunning = (state: CampaignState): boolean => state === 'planning' || state === 'sending';

/** What a person may do with a campaign in this state. */
export function actionsOf(state: CampaignState): { launch: boolean; pause: boolean; resume: boolean; cancel: boolean; remove: boolean } {
  return {
    launch: state === 'draft',
    pause: isRunning(state),
    resume: state === 'paused' || state === 'stopped',
    cancel: isRunning(state) || state === 'paused' || state === 'stopped',
    remove: state === 'draft',
  };
}

export interface ProgressView {
  /** 0 to 100; planning is the first tenth, sending the rest. */
  percent: number;
  waiting: number;
  settled: number;
  parts: { key: 'sent' | 'waiting' | 'notReached' | 'heldBack'; count: number }[];
}

/** One bar out of many states: sent, still waiting, not reached, held back. */
export function progressView(progress: Progress, state: CampaignState): ProgressView {
  const waiting = progress.planned + progress.leased + progress.sending + progress.awaiting;
  const notReached = progress.refused + progress.failed + progress.skipped + progress.cancelled + progress.unknown;
  const settled = progress.sent + notReached + progress.heldBack;
  const planned = progress.chunks > 0 ? progress.chunksDone / progress.chunks : 0;
  const done = settled + waiting > 0 ? settled / (settled + waiting) : 0;
  const percent = isRunning(state) || state === 'paused' ? Math.floor(10 * planned + 90 * done * planned) : 100;
  return {
    percent: state === 'draft' ? 0 : Math.min(percent, 100),
    waiting,
    settled,
    parts: [
      { key: 'sent', count: progress.sent },
      { key: 'waiting', count: waiting },
      { key: 'notReached', count: notReached },
      { key: 'heldBack', count: progress.heldBack },
    ],
  };
}

export interface UpliftInput { holdout: number; uplift?: number | null; upliftInterval?: readonly number[] | null; sent: number }
export interface UpliftView {
  /** none: nobody was held back; early: nothing to compare yet. */
  verdict: 'none' | 'early' | 'unclear' | 'better' | 'worse';
  /** Percentage points with one decimal, as text. */
  points: string;
  low: string;
  high: string;
  /** Additional people who came back, for every 1,000 reached. */
  perThousand: number;
}

/** Better or worse only when the whole 95 % interval lies on one side of zero. */
export function upliftView(report: UpliftInput, hasHoldout: boolean): UpliftView {
  const [low, high] = report.upliftInterval ?? [];
  if (report.uplift === null || report.uplift === undefined || low === undefined || high === undefined || report.holdout === 0) {
    return { verdict: hasHoldout ? 'early' : 'none', points: '', low: '', high: '', perThousand: 0 };
  }
  const points = (share: number): string => (share * 100).toFixed(1);
  const verdict = low > 0 ? 'better' : high < 0 ? 'worse' : 'unclear';
  return { verdict, points: points(Math.abs(report.uplift)), low: points(low), high: points(high), perThousand: Math.round(Math.abs(report.uplift) * 1000) };
}

export interface Reason { state: string; reason: string; count: number }
/** Where a merchant can do something about a reason. */
export type Fix = 'channel' | 'offer' | 'message' | 'rules' | 'none';

const FIXES: Record<string, Fix> = {
  no_permit: 'offer', window_closed: 'offer', window_used_up: 'offer', no_identity: 'offer',
  channel_paused: 'channel', day_quota: 'channel', token_invalid: 'channel', account_banned: 'channel', subscription_banned: 'channel',
  template_wrong: 'channel', template_restricted: 'channel', page_missing: 'channel',
  variable_missing: 'message', content_rule: 'message', content_forbidden: 'message', content_too_long: 'message',
  capped: 'rules', quiet_hours_too_late: 'rules', unconfirmed: 'rules', post_rejected: 'message',
};

/** One card per cause, largest first; the hold-out is no failure. */
export function failureCards(reasons: readonly Reason[]): { reason: string; count: number; fix: Fix }[] {
  const counts = new Map<string, number>();
  for (const { state, reason, count } of reasons) {
    if (count > 0 && state !== 'held_back' && state !== 'sent') counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return [...counts]
    .map(([reason, count]) => ({ reason, count, fix: FIXES[reason] ?? ('none' as const) }))
    .toSorted((a, b) => b.count - a.count);
}

/** Whether "HH:MM" lies in the quiet hours, which may run over midnight. */
export function isQuietAt(clock: string, quiet: { from: string; until: string }): boolean {
  const { from, until } = quiet;
  return from <= until ? clock >= from && clock < until : clock >= from || clock < until;
}
