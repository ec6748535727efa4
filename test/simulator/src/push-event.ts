import { encryptMessage, signatureOf } from './callback-crypto.ts';
import { randomText } from './ids.ts';
import { jsonText } from './json-text.ts';
import type { PushSettings } from './mini-program.ts';
import { xmlText } from './xml-text.ts';

/** One push to the merchant's server, before it is written in the program's format. */
export interface PushEvent {
  openid: string;
  /** Seconds. */
  createTime: number;
  msgType: string;
  event?: string;
  fields?: Record<string, unknown>;
  /** A push about a third-party platform itself: `InfoType` stands in place of sender, receiver and message type. */
  infoType?: string;
  /** Entries of a subscription event, and the element that wraps them in XML only. */
  list?: { wrapper: string; entries: Record<string, string | number | bigint>[] };
}

export interface SignedRequest {
  url: string;
  body: string;
  contentType: string;
}

/** Name a fault or a log knows this push by. */
export function nameOfPush(push: PushEvent): string {
  return push.infoType ?? push.event ?? push.msgType;
}

/** Writes, encrypts and signs one attempt. Every attempt has its own timestamp and nonce. */
export function signedRequest(app: PushSettings, push: PushEvent): SignedRequest {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(Math.floor(Math.random() * 2 ** 31));
  const url = new URL(app.callbackUrl);
  url.searchParams.set('signature', signatureOf(app.token, timestamp, nonce));
  url.searchParams.set('timestamp', timestamp);
  url.searchParams.set('nonce', nonce);
  if (push.openid !== '') url.searchParams.set('openid', push.openid);
  const plain = plainBody(app, push);
  const contentType = app.format === 'xml' ? 'text/xml' : 'application/json';
  if (app.mode === 'plain') return { url: url.href, body: writeBody(app, plain), contentType };
  const Encrypt = encryptMessage(app.aesKey, writeBody(app, plain), app.appid);
  url.searchParams.set('encrypt_type', 'aes');
  url.searchParams.set('msg_signature', signatureOf(app.token, timestamp, nonce, Encrypt));
  const outer = app.mode === 'compat' ? { ...plain, Encrypt } : { ...receiver(app, push), Encrypt };
  return { url: url.href, body: writeBody(app, outer), contentType };
}

/** The address of a callback check: the merchant must answer with the echostr alone. */
export function verifyRequest(app: PushSettings): { url: string; echostr: string } {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = String(Math.floor(Math.random() * 2 ** 31));
  const echostr = `${Math.floor(Math.random() * 1e9)}${randomText(6).replace(/\W|_/g, '0')}`;
  const url = new URL(app.callbackUrl);
  url.searchParams.set('signature', signatureOf(app.token, timestamp, nonce));
  url.searchParams.set('timestamp', timestamp);
  url.searchParams.set('nonce', nonce);
  url.searchParams.set('echostr', echostr);
  return { url: url.href, echostr };
}

type Body = Record<string, unknown>;

/** The only plain field of a secure body. */
function receiver(app: PushSettings, push: PushEvent): Body {
  return push.infoType === undefined ? { ToUserName: app.originalId } : { AppId: app.appid };
}

function plainBody(app: PushSettings, push: PushEvent): Body {
  if (push.infoType !== undefined) return { AppId: app.appid, CreateTime: push.createTime, InfoType: push.infoType, ...push.fields };
  const body: Body = {
    ToUserName: app.originalId,
    FromUserName: push.openid,
    CreateTime: push.createTime,
    MsgType: push.msgType,
    ...(push.event === undefined ? {} : { Event: push.event }),
    ...push.fields,
  };
  if (app.format === 'xml') {
    if (push.list) body[push.list.wrapper] = { List: push.list.entries };
    return body;
  }
  const entries = push.list?.entries;
  if (entries) body['List'] = entries.length === 1 ? entries[0] : entries;
  return numbersAs(app.jsonNumbers, body, push.list !== undefined);
}

/** Subscription events print their numbers as strings in the documentation's samples, others do not. */
function numbersAs(style: PushSettings['jsonNumbers'], body: Body, isSubscription: boolean): Body {
  const asText = style === 'string' || (style === 'mixed' && isSubscription);
  return asText ? (textNumbers(body) as Body) : body;
}

function textNumbers(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(textNumbers);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, textNumbers(inner)]));
  }
  return value;
}

function writeBody(app: PushSettings, body: Body): string {
  return app.format === 'xml' ? xmlText('xml', body) : jsonText(body);
}
