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
  /** What a platform needs to know beside the id and is no secret (WeCom's agent id, a service account's type): `channels.settings`. */
  settings: Readonly<Record<string, unknown>>;
}

export type CallbackMode = 'plain' | 'compat' | 'secure';
export type CallbackFormat = 'json' | 'xml';

/** Opened secrets. They live in memory for one call and are never logged. */
export interface ChannelCredentials {
  /** The app's secret; WeCom: the app's Secret, or a provider-developed app's permanent code. Empty when a third-party platform speaks for the account. */
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
  // `accountId`: which customer-service account, where a channel has several.
  | (EventBase & { type: 'customer.wrote'; msgId: string; kind: string; text: string; accountId?: string })
  | (EventBase & { type: 'customer.entered'; sessionFrom: string; accountId?: string; welcomeCode?: string })
  | (EventBase & { type: 'authorization.revoked'; how: 'revoked' | 'cancelled'; detail: string })
  // A service account's follower. `scene`: the value of the scene code (without its prefix) when one was scanned.
  | (EventBase & { type: 'follower.followed'; scene?: string })
  | (EventBase & { type: 'follower.unfollowed' })
  | (EventBase & { type: 'scene.scanned'; scene: string })
  | (EventBase & { type: 'menu.tapped'; key: string; opens: 'answer' | 'page' | 'mini_program' })
  | (EventBase & { type: 'template.sent'; platformId: string; status: 'delivered' | 'blocked' | 'failed'; detail: string })
  // The end of a mass post: sums only, the platform names no person. `externalId` is ''.
  | (EventBase & { type: 'post.finished'; platformId: string; status: string; total: number; filtered: number; sent: number; failed: number })
  | (EventBase & { type: 'article.published'; platformId: string; status: 'published' | 'failed'; detail: string; articleId?: string })
  // The platform punished or warned the account. `externalId` is ''.
  | (EventBase & { type: 'account.penalised'; detail: string; blocks: 'sending' | 'templates' | 'account' | 'nothing'; until?: string })
  // WeCom: `externalId` is the contact's external_userid, `employee` the member's userid.
  | (EventBase & { type: 'contact.added'; employee: string; state: string; welcomeCode: string; isHalf: boolean })
  | (EventBase & { type: 'contact.edited'; employee: string })
  | (EventBase & { type: 'contact.removed'; employee: string; by: 'employee' | 'contact'; source: string })
  | (EventBase & { type: 'contact.transfer_failed'; employee: string; reason: string })
  // `externalId` is '' for the four below: they concern no single contact.
  | (EventBase & { type: 'contact_tags.changed'; change: 'created' | 'updated' | 'deleted' | 'shuffled'; tagId: string; of: 'tag' | 'group' })
  | (EventBase & { type: 'group.changed'; groupId: string; change: 'created' | 'updated' | 'dismissed'; detail: string })
  | (EventBase & { type: 'employees.changed'; detail: string })
  // WeChat Customer Service: a push that says "read on from here"; the messages are fetched with it.
  | (EventBase & { type: 'kf.pending'; accountId: string; token: string })
  // A message that was taken and did not arrive; `platformId` names it.
  | (EventBase & { type: 'window.failed'; platformId: string; reason: RefusalReason | 'unknown'; detail: string })
  // The same person is known under another id from now on (external_userid converted, unionid learnt).
  | (EventBase & { type: 'identity.learnt'; unionId?: string; phone?: string; otherExternalId?: string })
  | (EventBase & { type: 'platform.other'; name: string });

export interface SubscriptionSend {
  kind: 'subscription';
  to: string;
  templateExternalId: string;
  /** Key of the template → plain value, all keys present. */
  data: Record<string, string>;
  /** Page of the mini program with its query (official account: an address); without it the message cannot be tapped. */
  page?: string;
  /** Official account only: opens this linked mini program instead of `page`. */
  miniProgram?: LinkedPage;
}

/** A page of a mini program that is linked to the account. */
export interface LinkedPage {
  appId: string;
  page: string;
}

/** A template message of an official account: to followers only. */
export interface TemplateSend {
  kind: 'template';
  to: string;
  templateExternalId: string;
  data: Record<string, string>;
  url?: string;
  miniProgram?: LinkedPage;
  /** The same id within ten minutes is sent once. */
  clientId?: string;
}

/** One post to many followers at once. `to`: 2 to 10,000 people, a platform tag, or everyone. */
export interface PostSend {
  to: { people: readonly string[] } | { tagId: number } | { everyone: true };
  content: PostContent;
  /** At most 32 letters, digits or "-"; the same id within a day is sent once. */
  clientMsgId: string;
  /** Send an article that the platform takes for a reprint, if reprinting is allowed. */
  evenIfReprint?: boolean;
}

export type PostContent =
  | { type: 'text'; text: string }
  /** An article draft by its media id. */
  | { type: 'article'; mediaId: string }
  | { type: 'images'; mediaIds: readonly string[]; recommend?: string }
  | { type: 'voice' | 'video'; mediaId: string };

/** A WeCom group send: asked of employees, who confirm it. Everybody reads the same. */
export interface ContactTaskSend {
  /** 1 to 10,000 contacts. */
  to: readonly string[];
  /** Only this employee's customers; without one the platform asks, for each contact, the employee who talked to them last. */
  employee?: string;
  text: string;
}

/** `rejected`: contacts to whom the platform would not send at all. */
export type ContactTaskCreated = SendResult & { rejected?: readonly string[] };

export interface ContactTaskResult {
  externalId: string;
  employee: string;
  status: 'waiting' | 'sent' | 'not_friend' | 'allowance_used_up';
  /** When the employee confirmed, ISO 8601. */
  at?: string;
}

/** One page of results; `next` asks for the one after it. */
export interface ContactTaskPage {
  results: readonly ContactTaskResult[];
  next?: string;
}

export interface WindowSend {
  kind: 'window';
  to: string;
  /** Which customer-service account speaks, where a channel has several; the channel's own first one otherwise. */
  accountId?: string;
  /** Our id of this send (at most 32 letters, digits, "-", "_"): a platform that takes one refuses to send it twice. */
  clientId?: string;
  /** Answers the event that gave this code instead of using the window. */
  welcomeCode?: string;
  content:
    | { type: 'text'; text: string }
    | { type: 'link'; title: string; description: string; url: string; thumbUrl: string }
    // `appId`: the linked mini program, where the account is none itself.
    | { type: 'page'; title: string; page: string; thumbMediaId: string; appId?: string }
    | { type: 'image'; mediaId: string };
}

export type SendRequest = SubscriptionSend | TemplateSend | WindowSend;

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
  /** `notice`: a template message of an official account, which needs no subscription. */
  kind: 'one_time' | 'long_term' | 'notice';
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
  /** One post to many at once. `accepted.platformId` is the post's id, which its `post.finished` event names. */
  postToMany?(post: PostSend, token: string): Promise<SendResult>;
  /** What became of a post whose event was lost; `failed`: it reached nobody. */
  postStatus?(platformId: string, token: string): Promise<PlatformResult<'sending' | 'sent' | 'failed'>>;
  /** `accepted.platformId` is the task's id. Accepted means asked of the employees, not sent. */
  createContactTask?(task: ContactTaskSend, token: string): Promise<ContactTaskCreated>;
  contactTaskResults?(taskId: string, cursor: string | undefined, token: string): Promise<PlatformResult<ContactTaskPage>>;
  remindContactTask?(taskId: string, token: string): Promise<PlatformResult<undefined>>;
  /** Takes back what no employee has confirmed; what was sent stays. */
  cancelContactTask?(taskId: string, token: string): Promise<PlatformResult<undefined>>;
}

/** One HTTP exchange; thrown failures say whether the request may have been taken. */
export interface PlatformHttp {
  exchange(request: PlatformRequest): Promise<{ status: number; text: string; bytes?: Buffer }>;
}

export interface PlatformFile {
  field: string;
  name: string;
  type: string;
  bytes: Buffer;
}

export interface PlatformRequest {
  method: 'GET' | 'POST';
  url: string;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as a form with this one file, instead of JSON. */
  file?: PlatformFile;
  /** The answer may be a picture: give its bytes too. */
  wantsBytes?: boolean;
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
