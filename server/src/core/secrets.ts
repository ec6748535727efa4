// Random secrets that are shown once and stored hashed.
import { createHash, randomBytes } from 'node:crypto';

/** 32 random bytes in base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored: a secret of full entropy needs no slow hash. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();
