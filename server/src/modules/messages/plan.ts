// What the planner is asked and what it answers: plain data, shared by campaigns today and by journeys later.

/** A condition over `customers c`, with its own parameters numbered from $1. Made by the segment compiler. */
export interface SqlCondition {
  sql: string;
  params: readonly unknown[];
}

/** One rung of the ladder: tried in order, the first that is permitted is used. */
export type Rung =
  | TemplateRung
  | { kind: 'window'; channelId: string; text: string }
  | BatchRung;

/** A notice on a template: to who subscribed, or (a service account's `template`) to a follower. */
export interface TemplateRung {
  kind: 'subscription' | 'template';
  channelId: string;
  templateId: string;
  fields: Record<string, string>;
}

/** One call for many people, who all read the same. */
export type BatchRung =
  /** A mass post of a service account: a text, or a draft article by its media id. */
  | { kind: 'post'; channelId: string; text?: string | undefined; mediaId?: string | undefined }
  /** A WeCom group send. What no employee confirmed after so many hours is cancelled and goes to the next rung. */
  | { kind: 'contact_task'; channelId: string; text: string; deadlineHours: number };

export const isBatchKind = (kind: Rung['kind']): kind is BatchRung['kind'] => kind === 'post' || kind === 'contact_task';
export const isBatch = (rung: Rung): rung is BatchRung => isBatchKind(rung.kind);
export const hasTemplate = (rung: Rung): rung is TemplateRung => rung.kind === 'subscription' || rung.kind === 'template';

export interface Cap {
  /** At most so many recall messages … */
  messages: number;
  /** … in so many days, today included, by the merchant's calendar. */
  days: number;
}

/** "HH:MM" in the merchant's zone; `from` may be later than `until` (over midnight). */
export interface QuietHours {
  from: string;
  until: string;
}

/** Everything that decides who gets what. The same object goes to forecast, preview, open and planChunk. */
export interface DispatchSpec {
  /** The campaign's id (or the id of another thing that sends). A person gets at most one message per dispatch. */
  dispatchId: string;
  purpose: 'recall' | 'notice';
  contents: readonly Rung[];
  holdoutPercent: number;
  cap?: Cap | undefined;
  quiet?: QuietHours | undefined;
  latestUsefulAt?: Date | undefined;
  /** Where a tap leads; without it the message opens the mini program's own home. */
  offerId?: string | undefined;
}

/** A slice of the audience: customers with fromId < id <= toId (either may be left out) who meet the condition. */
export interface AudienceChunk {
  audience: SqlCondition;
  fromId?: string | undefined;
  toId?: string | undefined;
}

/** Why nobody writes to this person on this rung (locales: messageReasons.<reason>). */
export type PlanReason =
  | 'opted_out' | 'capped' | 'quiet_hours_too_late' | 'channel_paused' | 'no_identity'
  | 'window_closed' | 'no_permit' | 'allowance_used_up' | 'variable_missing';

export interface RungVerdict {
  index: number;
  kind: Rung['kind'];
  channelId: string;
  /** `available`: would have done, but an earlier rung was chosen. `refused`: chosen, and the platform said no. */
  verdict: 'chosen' | 'available' | 'excluded' | 'refused';
  reason?: string;
}

export interface PlanOutcome {
  audience: number;
  holdout: number;
  /** People reserved per rung, in the order of the ladder. */
  reachable: { index: number; count: number }[];
  unreachable: { reason: PlanReason; count: number }[];
  /** Of the reachable, those who wait for the end of the quiet hours. */
  deferred: number;
}

export interface ForecastResult extends PlanOutcome {
  /** Sends that the audience's permits allow now (limited ones), and after this dispatch. */
  permitsBefore: number;
  permitsAfter: number;
  /** Reachable people left without any permit afterwards. */
  exhausted: number;
}

export interface PreviewResult {
  isHeldBack: boolean;
  chosenIndex: number | undefined;
  /** Why not, when no rung was chosen. */
  reason: PlanReason | undefined;
  dueAt: Date;
  considered: RungVerdict[];
  /** The chosen rung as this person would read it; without one, the first rung with what is known of them. */
  title: string | undefined;
  lines: { label: string; value: string }[];
  text: string | undefined;
}

/** Messages of one dispatch by state. */
export interface DispatchProgress {
  planned: number;
  leased: number;
  sending: number;
  awaiting: number;
  sent: number;
  unknown: number;
  refused: number;
  failed: number;
  skipped: number;
  heldBack: number;
  cancelled: number;
}

/** `open`: may be planned, not yet sent. `done`: sealed and nothing left to send. `stopped`: our content or the account was refused. */
export type DispatchState = 'open' | 'sending' | 'paused' | 'stopped' | 'cancelled' | 'done';

export interface DispatchReport {
  sent: number;
  delivered: number;
  refused: number;
  tapped: number;
  holdout: number;
  permitsSpent: number;
  drift: number;
  reasons: { state: string; reason: string; count: number }[];
  byRung: { index: number; kind: Rung['kind']; sent: number; refused: number; tapped: number }[];
  batches: BatchReport[];
}

/** What became of one call for many people. */
export interface BatchReport {
  id: string;
  index: number;
  kind: BatchRung['kind'];
  state: 'sending' | 'awaiting' | 'finished' | 'failed' | 'unknown';
  reason: string | null;
  size: number;
  sent: number;
  filtered: number;
  failed: number;
  waiting: number;
  reminders: number;
  submittedAt: Date | null;
  deadlineAt: Date | null;
  finishedAt: Date | null;
}

/** What we know of a person that a text may name. */
export interface PersonFacts {
  name: string | null;
  couponName: string | null;
  couponExpiresAt: Date | null;
}
