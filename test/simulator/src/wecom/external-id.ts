import { createHash } from 'node:crypto';

/** How one app of a corp knows a person; a provider's app knows another id than the corp's own apps. */
export function externalIdOf(corpid: string, app: { suiteId?: string }, person: string): string {
  return `wm${digest(`external|${corpid}|${app.suiteId ?? ''}|${person}`, 30)}`;
}

/** The id that stands for a person who is not a contact yet. */
export function pendingIdOf(corpid: string, suiteId: string, person: string): string {
  return `pd${digest(`pending|${corpid}|${suiteId}|${person}`, 30)}`;
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
