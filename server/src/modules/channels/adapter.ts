// The contract a platform meets. An adapter only translates: it is made per call from one channel and its
// opened credentials, keeps nothing, and knows neither database nor tenant.
import type { TemplateField } from '@huiliu/shared';

/** The facts of a connected account that are no secret. */
export interface ChannelIdentity {
  id: string;
  appId: string;
  /** The platform's own id of the account (gh_… at WeChat); '' while unknown. */
  originalId: string;
  callbackMode: CallbackMode;
}

export type CallbackMode = 'plain' | 'compat' | 'secure';
export type CallbackFormat = 'json' | 'xml';

/** Opened secrets. They live in memory for one call and are never logged. */
export interface ChannelCredentials {
  appSecret: string;
  callbackToken: string;
  encodingAesKey: string;
}

/** A callback as it came in: `raw` untouched, query values already decoded. */
export interface InboundRequest {
  method: 'GET' | 'POST';
  query: Readonly<Record<string, string>>;
  raw: Buffer;
}

export type CallbackRefusal = 'bad_signature' | 'stale' | 'malformed' | 'wrong_receiver' | 'not_configured';

/** What a callback turned out to be. `payload` is the decrypted text; `dedupKey` is the same for every delivery of one thing. */
export type Verified =
  | { outcome: 'handshake'; answer: string }
  | { outcome: 'event'; payload: string; format: CallbackFormat; dedupKey: string }
  | { outcome: 'refused'; reason: CallbackRefusal };

interface EventBase {
  /** The person at this channel (openid). */
  externalId: string;
  /** When it happened at the platform, ISO 8601. */
  at: string;
  /** Unique per channel; the same on every delivery. */
  dedupKey: string;
}

export type SubscriptionStatus = 'accept' | 'reject' | 'ban';

/** News from a platform in our words. */
export type ChannelEvent =
  | (EventBase & { type: 'subscription.answered'; templateExternalId: string; status: SubscriptionStatus; popupScene?: number })
  | (EventBase & { type: 'subscription.changed'; templateExternalId: string; status: SubscriptionStatus })
  | (EventBase & {
      type: 'subscription.sent'; templateExternalId: string; platformId: string; status: 'delivered' | 'failed'; code: number; detail: string;
    })
  | (EventBase & { type: 'customer.wrote'; msgId: string; kind: string; text: string })
  | (EventBase & { type: 'customer.entered'; sessionFrom: string })
  | (EventBase & { type: 'authorization.revoked'; how: 'revoked' | 'cancelled'; detail: string })
  | (EventBase & { type: 'platform.other'; name: string });

export interface SubscriptionSend {
  kind: 'subscription';
  to: string;
  templateExternalId: string;
  /** Key of the template → plain value, all keys present. */
  data: Record<string, string>;
  /** Page of the mini program with its query; without it the message cannot be tapped. */
  page?: string;
}

export interface WindowSend {
  kind: 'window';
  to: string;
  content:
    | { type: 'text'; text: string }
    | { type: 'link'; title: string; description: string; url: string; thumbUrl: string }
    | { type: 'page'; title: string; page: string; thumbMediaId: string };
}

export type SendRequest = SubscriptionSend | WindowSend;

export type RefusalReason =
  | 'no_permit' // the person refused, switched off, or nothing is left
  | 'window_closed'
  | 'window_used_up'
  | 'unknown_person'
  | 'person_blocked'
  | 'template'
  | 'content'
  | 'account'; // the merchant's account may not: stop the job, tell an operator

/** `problem` is a key of shared/platform-errors; `code` and `detail` are the platform's own words for the log. */
interface PlatformWords {
  problem: string;
  code: number;
  detail: string;
}

export type SendResult =
  | { outcome: 'accepted'; platformId?: string }
  | ({ outcome: 'refused'; reason: RefusalReason; field?: string } & PlatformWords)
  /** Not sent. `scope`: only this person, the account for a moment, or the account until its next day. */
  | ({ outcome: 'throttled'; scope: 'person' | 'moment' | 'day'; retryAfterMs: number } & PlatformWords)
  /** `mayHaveBeenSent`: the platform was reached and never said; the message is unknown and must not be sent again blindly. */
  | ({ outcome: 'upstream'; mayHaveBeenSent: boolean } & PlatformWords)
  | ({ outcome: 'token_expired' } & PlatformWords)
  | { outcome: 'unsupported' };

/** Why a call that is not a send failed; `kind` is one of ours (house style, Errors). */
export interface PlatformFailure extends PlatformWords {
  ok: false;
  kind: 'invalid' | 'forbidden' | 'throttled' | 'upstream' | 'bug' | 'token_expired';
}
export type PlatformResult<T> = { ok: true; value: T } | PlatformFailure;

export interface PlatformTemplate {
  externalId: string;
  title: string;
  kind: 'one_time' | 'long_term';
  /** The platform's own text with its placeholders. */
  content: string;
  fields: TemplateField[];
  /** The platform's sample text, one line per field. */
  example: string;
}

export interface PlatformSession {
  externalId: string;
  unionId: string | undefined;
  sessionKey: string;
}

export interface AccessToken {
  token: string;
  expiresInSeconds: number;
}

export interface Capabilities {
  subscriptions: boolean;
  serviceWindow: boolean;
  login: boolean;
  templates: boolean;
  callbackFormats: readonly CallbackFormat[];
}

export interface ChannelAdapter {
  readonly capabilities: Capabilities;
  /** Checks signature, age and receiver of a callback and opens it. Needs no network. */
  verify(request: InboundRequest): Verified;
  /** What to answer once an event is stored. */
  ack(): { contentType: string; body: string };
  /** Opens a stored payload into events. @throws PayloadError when it is none of the platform's shapes. */
  parse(payload: string, format: CallbackFormat): ChannelEvent[];
  /** A fresh token; `force` kills the one in use (rationed by the platform). */
  issueToken(force: boolean): Promise<PlatformResult<AccessToken>>;
  exchangeCode(code: string): Promise<PlatformResult<PlatformSession>>;
  listTemplates(token: string): Promise<PlatformResult<PlatformTemplate[]>>;
  send(request: SendRequest, token: string): Promise<SendResult>;
}

/** One HTTP exchange; thrown failures say whether the request may have been taken. */
export interface PlatformHttp {
  exchange(request: PlatformRequest): Promise<{ status: number; text: string }>;
}

export interface PlatformRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Sent as JSON. */
  json?: unknown;
  timeoutMs: number;
}

/** The platform gave no answer. `reached` is false only when the request certainly never left. */
export class PlatformSilence extends Error {
  readonly reached: boolean;
  constructor(message: string, reached: boolean) {
    super(message);
    this.name = 'PlatformSilence';
    this.reached = reached;
  }
}

/** A body that is none of the platform's documented shapes. */
export class PayloadError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PayloadError';
  }
}

export interface AdapterInput {
  channel: ChannelIdentity;
  credentials: ChannelCredentials;
  http: PlatformHttp;
  /** Base address of the platform's API, without a trailing slash. */
  apiBase: string;
  clock: () => Date;
  /** How far a callback's timestamp may be from our clock, either way. */
  callbackMaxAgeSeconds: number;
}

export type AdapterFactory = (input: AdapterInput) => ChannelAdapter;
