// What a mini program's session key opens and signs: encryptedData, rawData and the session check.
import { createDecipheriv, createHash, createHmac } from 'node:crypto';

/** Opens `encryptedData` of wx.getUserInfo and its like; undefined when key, iv or text do not fit. The caller checks the watermark. */
export function openUserData(sessionKey: string, iv: string, encryptedData: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(encryptedData, 'base64')), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    return undefined; // wrong key and tampered text look the same, by design
  }
}

/** Signature of plain user data: sha1 over the data and the key as text. */
export function signRawData(rawData: string, sessionKey: string): string {
  return createHash('sha1').update(rawData + sessionKey).digest('hex');
}

/** Signature for /wxa/checksession: HMAC of nothing, keyed by the key's text. */
export function signSession(sessionKey: string): string {
  return createHmac('sha256', sessionKey).digest('hex');
}
