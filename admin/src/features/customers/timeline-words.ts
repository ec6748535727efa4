// Facts of a timeline entry that its sentence needs, from the detail the server keeps.

const asText = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value : typeof value === 'number' ? String(value) : undefined);

/** The first named thing in the detail: a coupon, an offer, a link, what was said. */
export function subjectOf(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null) return undefined;
  const facts = detail as Record<string, unknown>;
  return ['name', 'couponName', 'couponTemplateName', 'offerName', 'linkName', 'templateTitle', 'title', 'text'].map((key) => asText(facts[key])).find((text) => text !== undefined);
}

/** Where the person came from, when the entry says so. */
export function sourceOf(detail: unknown): string | undefined {
  return typeof detail === 'object' && detail !== null ? asText((detail as Record<string, unknown>)['source']) : undefined;
}
