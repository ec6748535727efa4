/** What an audit entry was done to, by the name its detail keeps; undefined when it keeps none. */
export function subjectName(detail: unknown): string | undefined {
  if (typeof detail !== 'object' || detail === null) return undefined;
  const facts = detail as Record<string, unknown>;
  const named = ['name', 'email', 'title', 'appId', 'reason'].map((key) => facts[key]).find((value) => typeof value === 'string' && value !== '');
  return named as string | undefined;
}
