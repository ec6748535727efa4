// What an entry link is made of.
import { sourceOfScene } from './launch-scene.js';

export interface EntryLink {
  id: string;
  code: string;
  name: string;
  source: string;
  offerId: string | null;
  createdAt: Date;
  archivedAt: Date | null;
}

export interface FieldProblem {
  field: string;
  problem: string;
  message: string;
  more?: Record<string, unknown>;
}

/** Lower case without 0, 1, i, l, o: people type a code from a poster. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
export const ENTRY_CODE_LENGTH = 8;

/** A short public code. @param random at least ENTRY_CODE_LENGTH bytes; values that would favour some letters are folded over. */
export function entryCode(random: Uint8Array): string {
  return [...random.subarray(0, ENTRY_CODE_LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}

export const isEntryCode = (text: string): boolean => text.length === ENTRY_CODE_LENGTH && [...text].every((letter) => ALPHABET.includes(letter));

/** The first thing wrong with a new link, or undefined. */
export function entryLinkProblem(input: { name: string; source: string }): FieldProblem | undefined {
  const length = [...input.name.trim()].length;
  if (length === 0) return { field: 'name', problem: 'required', message: 'name must not be empty. Say where the link will stand, for example "收银台海报".' };
  if (length > 40) return { field: 'name', problem: 'too_long', message: 'name must have at most 40 characters. Shorten it.', more: { max: 40 } };
  if (/^[a-z][a-z0-9_]{1,39}$/.test(input.source)) return undefined;
  return { field: 'source', problem: 'bad_format', message: 'source must be 2 to 40 lower-case letters, digits or "_", starting with a letter, for example shop_qr or jd_search.' };
}

/** Where a visit came from: the entry link says it, else the message, else the platform's scene. */
export function visitSource(link: { source: string } | undefined, byMessage: boolean, launchScene?: number): string {
  if (link) return link.source;
  if (byMessage) return 'recall_message';
  return launchScene === undefined ? 'direct' : sourceOfScene(launchScene);
}

const SCENE = /^e=([a-z2-9]{8})$/u;

/** What a code of this link says when it is scanned. */
export const sceneOfLink = (code: string): string => `e=${code}`;

/** The link's code that a scanned word names; undefined for a word of somebody else's. */
export function codeOfScene(scene: string): string | undefined {
  const code = SCENE.exec(scene)?.[1];
  return code !== undefined && isEntryCode(code) ? code : undefined;
}
