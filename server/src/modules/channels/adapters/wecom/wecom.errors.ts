// The one table from WeCom's errcodes to our kinds. A code that is not here is `upstream`: not retried as is, logged with its words.
import type { PlatformProblem } from '@huiliu/shared';
import type { PlatformFailure, RefusalReason, SendResult } from '../../adapter.js';

/** What the answer to a send means for the one who called. */
type Action = { do: 'retry'; afterMs: number } | { do: 'wait'; afterMs: number } | { do: 'refresh_token' } | { do: 'refuse'; reason: RefusalReason } | { do: 'done' } | { do: 'fix' };

interface Row {
  kind: PlatformFailure['kind'];
  action: Action;
  problem: PlatformProblem;
}

const MINUTE = 60_000;
const busy = (afterMs: number): Row => ({ kind: 'upstream', action: { do: 'retry', afterMs }, problem: 'platform_busy' });
const token: Row = { kind: 'token_expired', action: { do: 'refresh_token' }, problem: 'token_invalid' };
const account = (problem: PlatformProblem): Row => ({ kind: 'forbidden', action: { do: 'refuse', reason: 'account' }, problem });
const person = (problem: PlatformProblem, reason: RefusalReason = 'unknown_person'): Row => ({ kind: 'invalid', action: { do: 'refuse', reason }, problem });
const used = (problem: PlatformProblem): Row => ({ kind: 'throttled', action: { do: 'refuse', reason: 'window_used_up' }, problem });
const pace: Row = { kind: 'throttled', action: { do: 'wait', afterMs: MINUTE }, problem: 'too_fast' };
const full: Row = { kind: 'throttled', action: { do: 'refuse', reason: 'account' }, problem: 'wecom_limit_reached' };
const content = (problem: PlatformProblem): Row => ({ kind: 'invalid', action: { do: 'refuse', reason: 'content' }, problem });
const stale: Row = { kind: 'invalid', action: { do: 'fix' }, problem: 'wecom_gone' };
const ours: Row = { kind: 'bug', action: { do: 'fix' }, problem: 'our_mistake' };
const rows = (row: Row, ...codes: number[]): [number, Row][] => codes.map((one) => [one, row]);

const TABLE = new Map<number, Row>([
  ...rows(busy(2_000), -1, 6000, 45033, 81026, 41078, 41079),
  ...rows(busy(5 * MINUTE), 41063),
  ...rows(busy(500), 41096),
  ...rows(busy(24 * 60 * MINUTE), 40100, 40129),
  ...rows(token, 40014, 42001, 41001, 42009, 40082, 42012, 40093),
  ...rows(account('platform_app_not_ready'), 40085),
  ...rows(account('app_secret_wrong'), 40001, 40091, 45031),
  ...rows(account('wecom_corp_wrong'), 40013, 2000002, 40056, 301002),
  ...rows(account('authorization_gone'), 40080, 40083, 48003, 40084, 48004),
  ...rows(account('wecom_not_granted'), 48001, 48002, 48005, 48006, 48007, 95030, 95032),
  ...rows(account('wecom_domain'), 50001, 80001, 85005, 85008),
  ...rows(account('wecom_app_disabled'), 50003, 50006, 60031),
  ...rows(account('wecom_ip_not_trusted'), 60020, 301042),
  ...rows(account('wecom_out_of_range'), 60011, 60021, 60030, 50002),
  ...rows(account('wecom_employee_unfit'), 40003, 60111, 46004, 84074, 40098, 41054, 95014, 95019, 60253),
  ...rows(account('wecom_no_developer_account'), 41057, 845003, 610017, 610018),
  ...rows(account('wecom_corp_unverified'), 43009, 95003, 95027),
  ...rows(account('wecom_mini_program_not_linked'), 90206, 90207, 90208),
  ...rows(account('wecom_licence'), 701008, 701099, 701001, 701002, 701170, 40136, 40137, 40138, 40139),
  ...rows(account('wecom_kf_switch'), 95011, 95012, 95015, 95017, 95023, 95000, 95004, 60252, 95026),
  ...rows(person('wecom_not_friend'), 84061, 40096, 84084, 41048, 610014, 610004, 40130, 40131, 40097, 40143, 40099),
  ...rows(person('wecom_welcome_over', 'window_closed'), 41050, 95007),
  ...rows(person('person_blocked', 'person_blocked'), 41053),
  ...rows({ kind: 'invalid', action: { do: 'done' }, problem: 'wecom_welcome_done' }, 41051),
  ...rows(person('window_used_up', 'window_used_up'), 95001),
  ...rows(person('window_closed', 'window_closed'), 95002, 95013, 95018, 95031),
  ...rows(used('wecom_remind_used_up'), 41094),
  ...rows(used('wecom_transfer_limit'), 40128),
  ...rows(pace, 45009),
  ...rows(full, 41045, 40126, 41055, 41095, 95005),
  ...rows(content('content_forbidden'), 40201, 40204),
  ...rows(content('content_too_long'), 45002, 40206),
  ...rows(content('media_invalid'), 40004, 40005, 40006, 40007, 40008, 40009, 40011, 41006, 41072, 41080, 41081, 41082, 45001, 44001, 44004),
  ...rows(account('wecom_foreign_tag'), 81011),
  ...rows(stale, 40068, 41044, 49008, 90501, 90509, 40050, 41093, 41058, 50100),
  ...rows({ kind: 'invalid', action: { do: 'fix' }, problem: 'wecom_name_taken' }, 40071, 40072),
  ...rows({ kind: 'invalid', action: { do: 'fix' }, problem: 'code_invalid' }, 40029, 42003, 42022),
  ...rows({ kind: 'invalid', action: { do: 'fix' }, problem: 'wecom_refused' }, 41059, 41060, 41061, 41062, 41067, 90500, 90502, 90503, 90504, 90505, 90506, 90507, 90508),
  ...rows(ours, 40125, 40032, 40033, 40035, 40058, 40063, 41035, 41036, 41037, 41038, 41039, 41040, 41041, 41042, 41043, 41046, 41047, 41049, 41052, 41056,
    41064, 41065, 41091, 81013, 81017, 82001, 95006, 95008, 95009, 95016, 95022),
]);

const UNKNOWN: Row = { kind: 'upstream', action: { do: 'fix' }, problem: 'unknown' };
const lookUp = (errcode: number): Row => TABLE.get(errcode) ?? UNKNOWN;

/** Every code of the table, for the tests and the docs. */
export const knownWecomCodes = (): number[] => [...TABLE.keys()];

/** A refused call that is not a send. */
export function wecomFailure(errcode: number, errmsg: string): PlatformFailure {
  const { kind, problem } = lookUp(errcode);
  return { ok: false, kind, problem, code: errcode, detail: errmsg };
}

/** The outcome of a send that was answered with this errcode (0 is handled by the caller). */
export function wecomSendOutcome(errcode: number, errmsg: string): SendResult {
  const { action, problem } = lookUp(errcode);
  const words = { problem, code: errcode, detail: errmsg };
  switch (action.do) {
    case 'done':
      return { outcome: 'accepted' };
    case 'refresh_token':
      return { outcome: 'token_expired', ...words };
    case 'retry':
    case 'wait':
      return { outcome: 'throttled', scope: 'moment', retryAfterMs: action.afterMs, ...words };
    case 'refuse':
      return { outcome: 'refused', reason: action.reason, ...words };
    case 'fix':
      // The platform answered and did not take it: not sent, and sending the same again will not help.
      return { outcome: 'upstream', mayHaveBeenSent: false, ...words };
  }
}
