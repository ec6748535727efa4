import type { Corp, Moment } from './corp.ts';

/** The contacts that see an employee's moment: all of his, or those with one of the tags. */
export function audienceOf(corp: Corp, userid: string, tags: string[]): string[] {
  return corp
    .contactsOf(userid)
    .filter((one) => one.state === 'friend' && (tags.length === 0 || tags.some((tag) => one.tags.includes(tag))))
    .map((one) => one.person);
}

export function pendingMoments(corp: Corp, userid: string): object[] {
  return [...corp.data.moments.values()]
    .filter((one) => !one.cancelled && one.parts.some((part) => part.userid === userid && !part.published))
    .map(({ momentId, createdAt, text, attachments }) => ({ momentId, createdAt, text, attachments }));
}

/** The employee publishes a moment. Answers who sees it, or null when none waits for him. */
export function publishMoment(corp: Corp, userid: string, momentId: string, now: number): string[] | null {
  const moment = corp.data.moments.get(momentId);
  const part = moment?.parts.find((one) => one.userid === userid && !one.published);
  if (!moment || !part || moment.cancelled) return null;
  part.published = true;
  part.publishedAt = now;
  part.people = audienceOf(corp, userid, moment.tags);
  for (const person of part.people) show(corp, moment, { userid, person, now });
  return part.people;
}

function show(corp: Corp, moment: Moment, { userid, person, now }: { userid: string; person: string; now: number }): void {
  corp.data.received.moment += 1;
  corp.say(userid, person, { at: now, from: 'employee', kind: 'moment', text: moment.text, attachments: moment.attachments });
}
