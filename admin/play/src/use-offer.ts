// The offer of the page in one call; who came, and by what, is told after it is painted.
import { shallowRef } from 'vue';
import { ApiError, call } from './api.ts';
import { OFFER, type PublicOffer, VISIT } from './contract.ts';
import { visitorId } from './memory.ts';
import type { Place } from './place.ts';
import type { Session } from './session.ts';
import { canSignIn } from './wechat.ts';

type OfferPlace = Extract<Place, { page: 'offer' }>;

export function useOffer(place: OfferPlace, session: Session) {
  const offer = shallowRef<PublicOffer>();
  const problem = shallowRef<string>();

  async function load(): Promise<void> {
    problem.value = undefined;
    try {
      const found = await call<PublicOffer | null>(OFFER, { slug: place.slug, offerId: place.offerId, entryCode: place.entryCode });
      if (!found) problem.value = 'offer_not_found';
      else show(found);
    } catch (error) {
      const code = error instanceof ApiError ? error.code : 'other';
      problem.value = code === 'NOT_FOUND' ? 'offer_not_found' : code;
    }
  }

  function show(found: PublicOffer): void {
    offer.value = found;
    session.appId = found.appId;
    document.title = `${found.headline} · ${found.tenantName}`;
    afterPaint(() => void tellVisit(place, session));
  }

  void load();
  return { offer, problem, load };
}

/**
 * In WeChat the customer signs in first, so that the visit is theirs and not a forwarder's. A browser's visit is
 * anonymous until they claim. Lost visits spoil nothing: failures are swallowed.
 */
async function tellVisit(place: OfferPlace, session: Session): Promise<void> {
  const token = canSignIn() ? await session.token().catch(() => undefined) : session.storedToken;
  const { slug, entryCode, messageId } = place;
  if (!entryCode && !messageId) return;
  const tell = (as: string | undefined) => call(VISIT, { slug, visitorId: visitorId(slug), entryCode, messageId }, { token: as, keepalive: true });
  await tell(token).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== 'UNAUTHENTICATED') return undefined;
    session.forget();
    return tell(undefined).catch(() => undefined);
  });
}

function afterPaint(work: () => void): void {
  requestAnimationFrame(() => setTimeout(work));
}
