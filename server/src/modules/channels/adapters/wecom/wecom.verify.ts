// Checks one WeCom callback. Always sealed, the address check too; the receiver inside the seal is the corp's id.
import { createHash } from 'node:crypto';
import { PayloadError } from '../../adapter.js';
import type { AdapterInput, CallbackRefusal, InboundRequest, Verified } from '../../adapter.js';
import { readBody, textOf } from '../wechat/wechat.body.js';
import { decrypt, isSignature, openAesKey, sign } from '../wechat/wechat.crypto.js';
import { dedupKeyOf } from '../wechat/wechat.parse.js';
import { isFresh, openPush } from '../wechat/wechat.verify.js';

type Account = Pick<AdapterInput, 'channel' | 'credentials' | 'clock' | 'callbackMaxAgeSeconds'>;

/** GET answers the console's address check; POST opens an event. */
export function verifyWecom(account: Account, request: InboundRequest): Verified {
  if (account.credentials.callbackToken === '') return refused('not_configured');
  if (request.method === 'GET') return handshake(account, request);
  const opened = openPush({ ...account, channel: { ...account.channel, callbackMode: 'secure' } }, request);
  return typeof opened === 'string' ? refused(opened) : describe(account, opened.payload);
}

const refused = (reason: CallbackRefusal): Verified => ({ outcome: 'refused', reason });

function handshake(account: Account, { query }: InboundRequest): Verified {
  const key = openAesKey(account.credentials.encodingAesKey);
  if (key === undefined) return refused('not_configured');
  const sealed = query['echostr'] ?? '';
  const expected = sign(account.credentials.callbackToken, query['timestamp'] ?? '', query['nonce'] ?? '', sealed);
  if (!isSignature(expected, query['msg_signature'])) return refused('bad_signature');
  if (!isFresh(account, query['timestamp'])) return refused('stale');
  const opened = decrypt(key, sealed);
  if (opened === undefined) return refused('malformed');
  return opened.receiverId === account.channel.appId ? { outcome: 'handshake', answer: opened.message } : refused('wrong_receiver');
}

function describe({ channel }: Account, payload: string): Verified {
  try {
    const body = readBody(payload, 'xml');
    if (textOf(body, 'ToUserName') !== channel.appId) return refused('wrong_receiver');
    return { outcome: 'event', payload, format: 'xml', dedupKey: keyOf(body, payload) };
  } catch (error) {
    if (error instanceof PayloadError) return refused('malformed');
    throw error;
  }
}

/** Customer service's push names no sender: then the text itself, which every delivery repeats, is the key. */
const keyOf = (body: ReturnType<typeof readBody>, payload: string): string =>
  textOf(body, 'FromUserName') === '' ? `e:${createHash('sha1').update(payload).digest('base64url')}` : dedupKeyOf(body);
