// Which page an address means: no router, every page is a page load.

export type Place =
  | { page: 'offer'; slug: string; offerId?: string; entryCode?: string; messageId?: string }
  | { page: 'wallet'; slug: string }
  | { page: 'unknown' };

/** `/p/<slug>/e/<code>`, `/p/<slug>/o/<offerId>[?m=<messageId>]`, `/p/<slug>/w`. */
export function placeOf(pathname: string, search = ''): Place {
  const [root, slug, kind, key] = pathname.split('/').filter(Boolean).map(decode);
  if (root !== 'p' || !slug) return { page: 'unknown' };
  if (kind === 'w') return { page: 'wallet', slug };
  const messageId = new URLSearchParams(search).get('m') || undefined;
  const offer = { page: 'offer' as const, slug, ...(messageId && { messageId }) };
  if (kind === 'e' && key) return { ...offer, entryCode: key };
  if (kind === 'o' && key) return { ...offer, offerId: key };
  return { page: 'unknown' };
}

export const walletAddress = (slug: string): string => `/p/${encodeURIComponent(slug)}/w`;

/** A mangled escape stays as it is: the server will not know it either. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
