// Callbacks as the platform posts them, sealed here by hand: to repeat, age and spoil them as no well-behaved platform would.
import { encryptMessage, signatureOf } from '../simulator/src/callback-crypto.ts';
import type { Merchant } from './merchant.ts';

export interface Address {
  url: string;
  appid: string;
  token: string;
  aesKey: string;
}
export interface Callback {
  query: Record<string, string>;
  body: string;
}

/** Where the platform calls a merchant, and what it signs with. */
export async function addressOf(merchant: Merchant): Promise<Address> {
  const { callbackUrl } = await merchant.client.one<{ callbackUrl: string }>('query ($id: ID!) { channel(id: $id) { callbackUrl } }', { id: merchant.channelId });
  const secrets = await merchant.client.one<{ token: string; aesKey: string }>('mutation ($id: ID!) { revealCallbackSecrets(channelId: $id) { token aesKey } }', { id: merchant.channelId });
  return { url: callbackUrl, appid: merchant.appid, ...secrets };
}

/** The signed query of an address check or a plain push. */
export function signedQuery({ token }: Pick<Address, 'token'>, at = Date.now()): Record<string, string> {
  const [timestamp, nonce] = [String(Math.floor(at / 1000)), String(Math.floor(Math.random() * 2 ** 31))];
  return { timestamp, nonce, signature: signatureOf(token, timestamp, nonce) };
}

/** A push in secure mode and JSON; `at` is when it claims to have been signed (ms). */
export function sealed(address: Address, content: object, at = Date.now()): Callback {
  const { timestamp, nonce } = signedQuery(address, at) as { timestamp: string; nonce: string };
  const part = encryptMessage(address.aesKey, JSON.stringify(content), address.appid);
  return {
    query: { timestamp, nonce, encrypt_type: 'aes', msg_signature: signatureOf(address.token, timestamp, nonce, part) },
    body: JSON.stringify({ ToUserName: `gh_${address.appid}`, Encrypt: part }),
  };
}

export async function post({ url }: Pick<Address, 'url'>, { query, body }: Callback): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}?${new URLSearchParams(query).toString()}`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { status: answer.status, text: await answer.text() };
}

/** What a customer wrote. */
export const said = (openid: string, appid: string, msgId: string, text = '在吗'): object =>
  ({ ToUserName: `gh_${appid}`, FromUserName: openid, CreateTime: Math.floor(Date.now() / 1000), MsgType: 'text', Content: text, MsgId: msgId });

/** The answer to a subscription prompt, as the platform tells it. */
export const answered = (openid: string, appid: string, templateId: string): object => ({
  ToUserName: `gh_${appid}`, FromUserName: openid, CreateTime: Math.floor(Date.now() / 1000), MsgType: 'event', Event: 'subscribe_msg_popup_event',
  List: [{ TemplateId: templateId, SubscribeStatusString: 'accept', PopupScene: '0' }],
});
