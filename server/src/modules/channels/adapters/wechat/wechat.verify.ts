// Checks one callback: signature in constant time, age, receiver; then opens it. No network, no state.
import { PayloadError } from '../../adapter.js';
import type { AdapterInput, CallbackRefusal, InboundRequest, Verified } from '../../adapter.js';
import { MAX_BODY_BYTES, formatOf, readBody, textOf } from './wechat.body.js';
import { decrypt, isSignature, openAesKey, sign } from './wechat.crypto.js';
import { dedupKeyOf } from './wechat.parse.js';

type Account = Pick<AdapterInput, 'channel' | 'credentials' | 'clock' | 'callbackMaxAgeSeconds'>;

type Opened = { payload: string } | CallbackRefusal;

/** GET answers the console's address check; POST opens an event. */
export function verifyCallback(account: Account, request: InboundRequest): Verified {
  const { query } = request;
  const refused = (reason: CallbackRefusal): Verified => ({ outcome: 'refused', reason });
  if (account.credentials.callbackToken === '') return refused('not_configured');
  if (request.method === 'GET') {
    if (!isPlainSigned(account, query)) return refused('bad_signature');
    return isFresh(account, query['timestamp']) ? { outcome: 'handshake', answer: query['echostr'] ?? '' } : refused('stale');
  }
  const opened = openPush(account, request);
  return typeof opened === 'string' ? refused(opened) : describe(account, opened.payload);
}

/** Opens a push without asking what is in it: a third-party platform's own pushes are no messages. */
export function openPush(account: Account, request: InboundRequest): Opened {
  if (request.raw.length > MAX_BODY_BYTES) return 'malformed';
  const opened = account.channel.callbackMode === 'plain' ? openPlain(account, request) : openSealed(account, request);
  if (typeof opened === 'string') return opened;
  // Age is judged after the signature: an unsigned timestamp proves nothing.
  return isFresh(account, request.query['timestamp']) ? opened : 'stale';
}

function isPlainSigned({ credentials }: Account, query: InboundRequest['query']): boolean {
  const expected = sign(credentials.callbackToken, query['timestamp'] ?? '', query['nonce'] ?? '');
  return isSignature(expected, query['signature']);
}

function openPlain(account: Account, { query, raw }: InboundRequest): Opened {
  return isPlainSigned(account, query) ? { payload: raw.toString('utf8') } : 'bad_signature';
}

/** Secure mode, and compat mode too: the platform sends the sealed part in both, and only that part is signed. */
function openSealed({ channel, credentials }: Account, { query, raw }: InboundRequest): Opened {
  const key = openAesKey(credentials.encodingAesKey);
  if (key === undefined) return 'not_configured';
  const encrypted = sealedPart(raw.toString('utf8'));
  if (encrypted === undefined) return 'malformed';
  const expected = sign(credentials.callbackToken, query['timestamp'] ?? '', query['nonce'] ?? '', encrypted);
  if (!isSignature(expected, query['msg_signature'])) return 'bad_signature';
  const opened = decrypt(key, encrypted);
  if (opened === undefined) return 'malformed';
  return opened.receiverId === channel.appId ? { payload: opened.message } : 'wrong_receiver';
}

// The envelope comes from anyone, so it is not given to a parser: one flat pattern finds the base64 part.
const XML_PART = /<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*<\/Encrypt>/u;
const JSON_PART = /"Encrypt"\s*:\s*"([A-Za-z0-9+/=\\]+)"/u;

function sealedPart(text: string): string | undefined {
  if (formatOf(text) === 'xml') return XML_PART.exec(text)?.[1];
  const part = JSON_PART.exec(text)?.[1];
  return part?.replaceAll('\\/', '/');
}

/** Whether a callback's time is near ours. */
export function isFresh({ clock, callbackMaxAgeSeconds }: Account, timestamp: string | undefined): boolean {
  if (timestamp === undefined || !/^\d{1,12}$/u.test(timestamp)) return false;
  return Math.abs(clock().getTime() / 1000 - Number(timestamp)) <= callbackMaxAgeSeconds;
}

function describe({ channel }: Account, payload: string): Verified {
  try {
    const format = formatOf(payload);
    const body = readBody(payload, format);
    const receiver = textOf(body, 'ToUserName');
    if (channel.originalId !== '' && receiver !== channel.originalId) return { outcome: 'refused', reason: 'wrong_receiver' };
    return { outcome: 'event', payload, format, dedupKey: dedupKeyOf(body) };
  } catch (error) {
    if (error instanceof PayloadError) return { outcome: 'refused', reason: 'malformed' };
    throw error;
  }
}
