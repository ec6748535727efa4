import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/** Proof that a merchant holds the current session key: HMAC over the empty message, hex. */
export function sessionSignature(sessionKey: string): string {
  return createHmac('sha256', sessionKey).update('').digest('hex');
}

/** Signature the client gets beside plain user data. */
export function rawDataSignature(rawData: string, sessionKey: string): string {
  return createHash('sha1').update(rawData + sessionKey).digest('hex');
}

/** Encrypts user data for the client under the session key (AES-128-CBC); both parts are base64. */
export function encryptUserData(text: string, sessionKey: string, iv = randomBytes(16)): { encryptedData: string; iv: string } {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), iv);
  const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { encryptedData: bytes.toString('base64'), iv: iv.toString('base64') };
}

/** The reverse of `encryptUserData`. Throws when key, vector or data do not belong together. */
export function decryptUserData(encryptedData: string, iv: string, sessionKey: string): string {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), Buffer.from(iv, 'base64'));
  return Buffer.concat([decipher.update(encryptedData, 'base64'), decipher.final()]).toString('utf8');
}
