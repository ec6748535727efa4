// The one table from WeChat's errcodes to our kinds. A code that is not here is `upstream`: not retried as is, logged with its words.
import type { PlatformProblem } from '@huiliu/shared';
import type { PlatformFailure, RefusalReason, SendResult } from '../../adapter.js';

/** What the answer means for the one who called. */
type Action =
  | { do: 'retry'; afterMs: number; scope: 'person' | 'moment' }
  | { do: 'wait_day' }
  | { do: 'refresh_token' }
  | { do: 'refuse'; reason: RefusalReason }
  | { do: 'done' }
  | { do: 'fix' };

interface Row {
  kind: PlatformFailure['kind'];
  action: Action;
  problem: PlatformProblem;
}

const busy: Row = { kind: 'upstream', action: { do: 'retry', afterMs: 2_000, scope: 'moment' }, problem: 'platform_busy' };
const fast = (afterMs: number): Row => ({ kind: 'throttled', action: { do: 'retry', afterMs, scope: 'moment' }, problem: 'too_fast' });
const quota: Row = { kind: 'throttled', action: { do: 'wait_day' }, problem: 'day_quota' };
const token: Row = { kind: 'token_expired', action: { do: 'refresh_token' }, problem: 'token_invalid' };
const account = (problem: PlatformProblem): Row => ({ kind: 'forbidden', action: { do: 'refuse', reason: 'account' }, problem });
const person = (reason: RefusalReason, problem: PlatformProblem): Row => ({ kind: 'invalid', action: { do: 'refuse', reason }, problem });
const template = (problem: PlatformProblem): Row => ({ kind: 'invalid', action: { do: 'refuse', reason: 'template' }, problem });
const content = (problem: PlatformProblem): Row => ({ kind: 'invalid', action: { do: 'refuse', reason: 'content' }, problem });
const code = (problem: PlatformProblem): Row => ({ kind: 'invalid', action: { do: 'fix' }, problem });
const ours: Row = { kind: 'bug', action: { do: 'fix' }, problem: 'our_mistake' };
const done: Row = { kind: 'invalid', action: { do: 'done' }, problem: 'unknown' };

const rows = (row: Row, ...codes: number[]): [number, Row][] => codes.map((one) => [one, row]);

/** The codes from one to another, both included. */
const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

const TABLE = new Map<number, Row>([
  ...rows(busy, -1, 20001, 200001, 268487001, 268487002, 61450, 61503, 61504, 45169),
  ...rows({ kind: 'throttled', action: { do: 'retry', afterMs: 1_500, scope: 'person' }, problem: 'same_person_busy' }, 43108),
  ...rows(fast(5_000), 44990),
  ...rows(fast(60_000), 45011, 45066),
  ...rows(quota, 45009, 45093),
  ...rows(token, 40001, 40014, 42001),
  ...rows(account('authorization_gone'), 61003, 61007, 61023),
  ...rows(account('app_id_wrong'), 40013, 41002),
  ...rows(account('app_secret_wrong'), 40125, 41004),
  ...rows(account('app_secret_frozen'), 40243),
  ...rows(account('ip_not_allowed'), 40164, 61004),
  ...rows(account('ip_needs_confirmation'), 89501, 89503),
  ...rows(account('ip_refused'), 89506, 89507),
  ...rows(account('no_permission'), 48001, 48004, 48008, 50002, 40200),
  ...rows(account('account_banned'), 50004, 50007, 45102, 45501, 45094, 45087, 200011),
  ...rows(account('subscription_banned'), 43107, 43106),
  ...rows(person('no_permit', 'no_permit'), 43101),
  ...rows(person('window_closed', 'window_closed'), 45015),
  ...rows(person('window_used_up', 'window_used_up'), 45047),
  ...rows(person('unknown_person', 'unknown_person'), 40003, 46004, 49003, 50005, 43004),
  ...rows(person('person_blocked', 'person_blocked'), 43019, 48002, 40226, 70000),
  ...rows(template('template_wrong'), 40036, 40037, 200014),
  ...rows(template('template_limit'), 200012, 45026),
  ...rows(template('template_restricted'), 43102, 43103, 43116, 48011, 200013),
  ...rows(content('content_rule'), 47003),
  ...rows(content('content_forbidden'), 45168, 87014, 40249),
  ...rows(content('content_too_long'), 45002, 45003, 45004, 45008),
  ...rows(content('media_invalid'), 40004, 40005, 40007, 40009, 44001, 45001),
  ...rows(content('page_missing'), 41030, 40165, 40166),
  ...rows(code('code_invalid'), 40029, 40030),
  ...rows(code('code_used'), 40163),
  ...rows(done, 45065, 40241),
  // Rations that are no send's: waiting for tomorrow is right for all but the month's, which is then told again
  ...rows({ ...quota, problem: 'month_quota' }, 45028),
  ...rows(quota, 44993, 85406),
  ...rows(code('count_used_up'), 45029, 85400),
  ...rows(code('clear_used_up'), 48006),
  ...rows(account('agreement_missing'), 48003),
  ...rows(account('no_permission'), 43104, 10005),
  ...rows(account('account_banned'), 10004),
  ...rows(account('login_domain'), 10003),
  ...rows(account('platform_ticket'), 61005, 61006),
  ...rows(code('not_bound'), 89002),
  ...rows(code('order_unknown'), 89300),
  ...rows(code('login_again'), 42002, 42003, 42007, 87007, 87009),
  ...rows(template('template_industry'), 45027),
  ...rows(template('template_keywords'), ...span(200016, 200022), 200100, 40246, 40247),
  ...rows(content('post_content'), 44003, 40121, 48013, 48014),
  ...rows(code('post_gone'), 40059),
  ...rows(content('draft_unfit'), 53503, 53504, 53505, 53600),
  ...rows(content('content_too_long'), 40062, 40092, 45110),
  ...rows(code('menu_invalid'), ...span(40015, 40028), 40054, 40055, 45064, ...span(65301, 65317)),
  ...rows(code('tag_name'), 45157, 45158, 45058),
  ...rows(code('tag_gone'), 45159),
  ...rows(code('tag_limit'), 45056, 45059),
  ...rows(code('tag_too_big'), 45057),
  ...rows(code('some_refused'), 45171),
  ...rows(code('link_invalid'), 40066, 40212, 40225, 85088, 85401, 85402, 85403, 85405, 85407, 85408),
  ...rows(code('scene_invalid'), 40129, 40169, 40052, 40053),
  ...rows(code('page_missing'), 40159, 85079),
  ...rows(done, 45072, 45080, 45081), // the typing sign is a courtesy: it may fail
  ...rows(ours, 20002, 40002, 40031, 40032, 40033, 40035, 40039, 40097, 40114, 40130, 40201, 40202, 40203, 40400, 41001, 43001, 43002, 44002, 45067, 45083, 45084,
    46101, 47001, 47002, 61500, 61501, ...span(76001, 76004), 76021, 76022, 87008, ...span(40230, 40240)),
]);

const UNKNOWN: Row = { kind: 'upstream', action: { do: 'fix' }, problem: 'unknown' };

const lookUp = (errcode: number): Row => TABLE.get(errcode) ?? UNKNOWN;

/** Whether the table says what this code means. */
export const isKnownCode = (errcode: number): boolean => errcode === 0 || TABLE.has(errcode);

/** Every code of the table, for the tests and the docs. */
export const knownCodes = (): number[] => [...TABLE.keys()];

/** Milliseconds from `now` until the platform's day ends (midnight in China), when daily quotas come back. */
export function untilPlatformMidnight(now: Date): number {
  const shifted = now.getTime() + 8 * 3_600_000;
  return 86_400_000 - (shifted % 86_400_000);
}

/** A refused call that is not a send. */
export function failureOf(errcode: number, errmsg: string): PlatformFailure {
  const { kind, problem } = lookUp(errcode);
  return { ok: false, kind, problem, code: errcode, detail: errmsg };
}

/** The outcome of a send that was answered with this errcode (0 is handled by the caller). */
export function sendOutcomeOf(errcode: number, errmsg: string, now: Date): SendResult {
  const { action, problem } = lookUp(errcode);
  const words = { problem, code: errcode, detail: errmsg };
  switch (action.do) {
    case 'done':
      return { outcome: 'accepted' };
    case 'refresh_token':
      return { outcome: 'token_expired', ...words };
    case 'retry':
      return { outcome: 'throttled', scope: action.scope, retryAfterMs: action.afterMs, ...words };
    case 'wait_day':
      return { outcome: 'throttled', scope: 'day', retryAfterMs: untilPlatformMidnight(now), ...words };
    case 'refuse': {
      const field = errcode === 47003 ? fieldOf(errmsg) : undefined;
      return { outcome: 'refused', reason: action.reason, ...(field === undefined ? {} : { field }), ...words };
    }
    case 'fix':
      // The platform answered and did not take it: not sent, and sending the same again will not help.
      return { outcome: 'upstream', mayHaveBeenSent: false, ...words };
  }
}

/** 47003 names the field: "argument invalid! data.thing1.value invalid". */
export function fieldOf(errmsg: string): string | undefined {
  return /data\.(\w+)\.value/u.exec(errmsg)?.[1];
}
