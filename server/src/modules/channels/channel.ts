// Rules of a connected account: what may be entered, and what its checks add up to.
import { platforms, type PlatformProblem } from '@huiliu/shared';
import type { CallbackRefusal } from './adapter.js';

export type ChannelStatus = 'connecting' | 'live' | 'failing' | 'paused' | 'disconnected';
export type CheckStep = 'credentials' | 'templates' | 'callback';
export const CHECK_STEPS: readonly CheckStep[] = ['credentials', 'templates', 'callback'];

/** The steps that this platform has: WeCom knows no message templates. */
export const checkSteps = (platform: string): readonly CheckStep[] =>
  CHECK_STEPS.filter((step) => step !== 'templates' || (Object.hasOwn(platforms, platform) && platforms[platform as keyof typeof platforms].subscriptions));

/** The last result of one step. `reason` is a key of shared/platform-errors; `errorCode` the platform's own. */
export interface CheckResult {
  state: 'ok' | 'failed' | 'waiting';
  at?: string;
  errorCode?: number;
  reason?: PlatformProblem;
}
export type Checks = Partial<Record<CheckStep, CheckResult>>;

export interface ChannelForm {
  name?: string;
  appId?: string;
  appSecret?: string;
  callbackToken?: string;
  aesKey?: string;
  originalId?: string;
  /** Official account: service or subscription. */
  accountType?: string;
  /** WeCom: the AgentId of the app. */
  agentId?: string;
  sendRatePerSecond?: number;
  dailySendLimit?: number | null;
}

export interface FormProblem {
  field: keyof ChannelForm;
  problem: 'required' | 'too_long' | 'bad_format' | 'out_of_range';
  message: string;
}

const FORMATS: [field: 'appId' | 'appSecret' | 'callbackToken' | 'aesKey' | 'originalId' | 'accountType' | 'agentId', shape: RegExp, message: string][] = [
  ['appId', /^[A-Za-z0-9_-]{6,64}$/u, 'The AppID is 6 to 64 letters or digits; copy it from the platform.'],
  ['appSecret', /^[\x21-\x7e]{6,128}$/u, 'The AppSecret has no spaces; copy it from the platform.'],
  ['callbackToken', /^[A-Za-z0-9]{3,32}$/u, 'The token is 3 to 32 letters or digits.'],
  ['aesKey', /^[A-Za-z0-9]{43}$/u, 'The EncodingAESKey is exactly 43 letters or digits.'],
  ['accountType', /^(service|subscription)$/u, 'The kind of account is service or subscription.'],
  ['agentId', /^\d{1,12}$/u, 'The AgentId is a number; copy it from the app’s page at WeCom.'],
  ['originalId', /^[A-Za-z0-9_-]{0,64}$/u, 'The original id begins with gh_; copy it from the platform.'],
];

/** The first thing wrong with what was entered; fields left out are not judged. */
export function whyNotChannelForm(form: ChannelForm): FormProblem | undefined {
  if (form.name !== undefined && form.name.trim() === '') return { field: 'name', problem: 'required', message: 'Give the channel a name.' };
  if (form.name !== undefined && Array.from(form.name).length > 40) return { field: 'name', problem: 'too_long', message: 'A name has at most 40 characters.' };
  for (const [field, shape, message] of FORMATS) {
    const value = form[field];
    if (value !== undefined && !shape.test(value)) return { field, problem: 'bad_format', message };
  }
  if (!isWholeBetween(form.sendRatePerSecond, 1, 10_000)) return { field: 'sendRatePerSecond', problem: 'out_of_range', message: 'Between 1 and 10,000 messages a second.' };
  if (!isWholeBetween(form.dailySendLimit ?? undefined, 1, 100_000_000)) return { field: 'dailySendLimit', problem: 'out_of_range', message: 'Between 1 and 100,000,000 messages a day, or none.' };
  return undefined;
}

const isWholeBetween = (value: number | undefined, low: number, high: number): boolean =>
  value === undefined || (Number.isInteger(value) && value >= low && value <= high);

/**
 * The status the checks add up to: live once the credentials work, failing when they do not. What else is wrong is the
 * reason beside it. What a person decided (paused, disconnected) stands.
 */
export function statusAfter(current: ChannelStatus, checks: Checks): { status: ChannelStatus; reason: PlatformProblem | undefined } {
  if (current === 'paused' || current === 'disconnected') return { status: current, reason: undefined };
  const reason = CHECK_STEPS.map((step) => checks[step]).find((check) => check?.state === 'failed')?.reason;
  const credentials = checks.credentials?.state;
  if (credentials === 'ok') return { status: 'live', reason };
  return { status: credentials === 'failed' ? 'failing' : current, reason };
}

/** The callback step: seen is fine, refused says why, else we are waiting. */
export function callbackCheck(lastCallbackAt: Date | undefined, lastRefusal: { at: Date; reason: CallbackRefusal } | undefined): CheckResult {
  const refusedSince = lastRefusal !== undefined && (lastCallbackAt === undefined || lastRefusal.at > lastCallbackAt);
  if (refusedSince) return { state: 'failed', at: lastRefusal.at.toISOString(), reason: CALLBACK_PROBLEMS[lastRefusal.reason] };
  if (lastCallbackAt !== undefined) return { state: 'ok', at: lastCallbackAt.toISOString() };
  return { state: 'waiting', reason: 'callback_never_seen' };
}

const CALLBACK_PROBLEMS: Record<CallbackRefusal, PlatformProblem> = {
  bad_signature: 'callback_bad_signature',
  stale: 'callback_stale',
  wrong_receiver: 'callback_wrong_receiver',
  malformed: 'callback_malformed',
  not_configured: 'callback_never_seen',
};

/** Where the platform is to call us. */
export const callbackPath = (platform: string, channelId: string): string => `/hooks/${WECOM_PLATFORMS.has(platform) ? 'wecom' : 'wechat'}/${channelId}`;

const WECOM_PLATFORMS: ReadonlySet<string> = new Set(['wecom', 'wechat_kf']);
