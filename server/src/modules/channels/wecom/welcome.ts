// What a merchant may let a new contact read: rules on plain data.
import type { WelcomeContent } from '../adapters/wecom/welcome-content.js';

/** As it is stored and as the contract shows it. */
export interface Welcome {
  text: string;
  linkTitle?: string | null;
  linkDescription?: string | null;
  linkUrl?: string | null;
  linkImageUrl?: string | null;
}

/** So long the platform takes the code. */
export const WELCOME_MS = 20_000;

const LIMITS: [field: 'text' | 'linkTitle' | 'linkDescription' | 'linkUrl', bytes: number][] = [['text', 4_000], ['linkTitle', 128], ['linkDescription', 512], ['linkUrl', 2_048]];

export interface WelcomeProblem {
  field: string;
  problem: 'required' | 'too_long' | 'bad_format';
  message: string;
}

/** The first thing wrong with a welcome. The platform counts bytes, not characters. */
export function welcomeProblem(welcome: Welcome): WelcomeProblem | undefined {
  for (const [field, bytes] of LIMITS)
    if (Buffer.byteLength(welcome[field] ?? '') > bytes) return { field, problem: 'too_long', message: `At most ${bytes} bytes.` };
  if (!welcome.linkUrl) return welcome.text.trim() === '' ? { field: 'text', problem: 'required', message: 'Write something, or add a link.' } : undefined;
  if (!/^https?:\/\/\S+$/u.test(welcome.linkUrl)) return { field: 'linkUrl', problem: 'bad_format', message: 'The link begins with https://.' };
  return welcome.linkTitle?.trim() ? undefined : { field: 'linkTitle', problem: 'required', message: 'Give the link a title.' };
}

export function contentOf({ text, linkTitle, linkDescription, linkUrl, linkImageUrl }: Welcome): WelcomeContent {
  if (!linkUrl) return { text };
  return { text, attachment: { type: 'link', title: linkTitle ?? '', description: linkDescription ?? '', url: linkUrl, thumbUrl: linkImageUrl ?? '' } };
}
