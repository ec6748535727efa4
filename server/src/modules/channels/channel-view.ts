// Rows of a channel as the API shows them: no secret, only whether there is one.
import { isComponentPlatform } from './authorisation/grant.js';
import { callbackPath, checkSteps, type CheckResult, type CheckStep, type Checks } from './channel.js';

interface ChannelFacts {
  id: string;
  platform: string;
  name: string;
  app_id: string;
  original_id: string | null;
  settings: Record<string, unknown>;
  status: string;
  status_reason: string | null;
  authorisation: 'secret' | 'platform';
  callback_mode: string;
  callback_format: string;
  checks: Checks;
  last_callback_at: Date | null;
  rejected_callbacks: number;
  send_rate_per_second: number;
  daily_send_limit: number | null;
  created_at: Date;
  token_fetched_at: Date | null;
  token_expires_at: Date | null;
  sent_today: number;
}

interface Surroundings {
  publicUrl: string;
  /** The callback step as it stands now. */
  callback: CheckResult;
  credentials: { appSecret: string; callbackToken: string; encodingAesKey: string };
}

export type ChannelView = ReturnType<typeof presentChannel>;

export function presentChannel(row: ChannelFacts, { publicUrl, callback, credentials }: Surroundings) {
  const checks: Checks = { ...row.checks, callback };
  return {
    id: row.id,
    platform: row.platform,
    name: row.name,
    appId: row.app_id,
    originalId: row.original_id,
    accountType: row.settings['accountType'] ?? null,
    agentId: row.settings['agentId'] ?? null,
    status: row.status,
    statusReason: row.status_reason,
    callbackUrl: `${publicUrl}${pathOf(row)}`,
    authorisation: row.authorisation,
    callbackMode: row.callback_mode,
    callbackFormat: row.callback_format,
    hasSecret: credentials.appSecret !== '',
    hasCallbackToken: credentials.callbackToken !== '',
    hasAesKey: credentials.encodingAesKey !== '',
    lastCallbackAt: row.last_callback_at,
    rejectedCallbacks: row.rejected_callbacks,
    tokenFetchedAt: row.token_fetched_at,
    tokenExpiresAt: row.token_expires_at,
    sendRatePerSecond: row.send_rate_per_second,
    dailySendLimit: row.daily_send_limit,
    sentToday: row.sent_today,
    checks: checkSteps(row.platform).map((step) => presentCheck(step, checks[step])),
    createdAt: row.created_at,
  };
}

/** Behind the operator's platform at WeChat all accounts share one address, told apart by the AppID. */
const pathOf = ({ authorisation, platform, app_id: appId, id }: ChannelFacts): string =>
  authorisation === 'platform' && isComponentPlatform(platform) ? `/hooks/open/wechat/${appId}/callback` : callbackPath(platform, id);

function presentCheck(step: CheckStep, check: CheckResult = { state: 'waiting' }) {
  return { step, state: check.state, at: check.at ?? null, errorCode: check.errorCode ?? null, reason: check.reason ?? null };
}

interface TemplateFacts {
  id: string;
  channel_id: string;
  external_id: string;
  title: string;
  content: string;
  example: string | null;
  kind: string;
  fields: unknown;
  is_active: boolean;
}

export function presentTemplate(row: TemplateFacts) {
  const { channel_id: channelId, external_id: externalId, is_active: isActive, ...same } = row;
  return { ...same, channelId, externalId, isActive };
}

/** GraphQL's null for an optional argument means "left out". */
export function withoutNulls<T extends object>(input: T): T {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)) as T;
}
