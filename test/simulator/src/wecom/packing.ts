/** Turns maps into plain values that JSON can hold; `unpack` is the reverse. */
export function pack(value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value].map(pack) };
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pack(inner)]));
}

export function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== 'object' || value === null) return value;
  if ('$map' in value) return new Map((value.$map as unknown[]).map((pair) => unpack(pair) as [unknown, unknown]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpack(inner)]));
}
