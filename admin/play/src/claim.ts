// The tap: the prompt first, the coupon whatever its answer was.
import { ApiError } from './api.ts';
import { CLAIM, CONSENT, REPORT, type ClaimResult, type Coupon, type PublicOffer } from './contract.ts';
import { randomId } from './memory.ts';
import type { Session } from './session.ts';
import { prompt, type PromptAnswer } from './wechat.ts';

/** Names the text that a customer agrees to: change it with the text. */
export const CONSENT_TEXT = 'h5-reminders-2026-11';

/** `problem` is a key of `texts.problems`. */
export type Outcome = { coupon: Coupon; isRepeat: boolean; isReminded: boolean } | { problem: string };

/** Must start inside the tap's handler, before anything is awaited. Never rejects. */
export function claim(session: Session, offer: PublicOffer, isConsentGiven: boolean): Promise<Outcome> {
  const asked = prompt(offer.notices.map((notice) => notice.templateExternalId));
  return settle(session, offer, asked, isConsentGiven).catch((error: unknown) => ({ problem: error instanceof ApiError ? error.code : 'INTERNAL' }));
}

async function settle(session: Session, offer: PublicOffer, asked: Promise<PromptAnswer[]>, isConsentGiven: boolean): Promise<Outcome> {
  const answers = await asked;
  const reported = report(session, offer, answers);
  if (offer.mode === 'conditional') await reported; // the server gives the coupon for the answer
  const result = await session.call<ClaimResult>(CLAIM, { offerId: offer.id });
  if (isConsentGiven) session.call(CONSENT, { given: true, textVersion: CONSENT_TEXT, place: `offer:${offer.id}` }).catch(() => undefined);
  if (result.__typename === 'Refusal') return { problem: problemOf(result) };
  return { coupon: result.coupon, isRepeat: result.isRepeat, isReminded: answers.some((one) => one.answer === 'accept') };
}

/** The platform tells the server too: a lost report loses nothing. */
async function report(session: Session, offer: PublicOffer, answers: PromptAnswer[]): Promise<void> {
  if (answers.length === 0) return;
  await session.call(REPORT, { promptId: randomId(), appId: offer.appId, answers }).catch(() => undefined);
}

function problemOf({ code, details }: { code: string; details: { state?: string } | null }): string {
  return code === 'limit_reached' && details?.state ? `limit_${details.state}` : code;
}
