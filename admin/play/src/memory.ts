// What this browser remembers of a shop. Private windows forbid storage: then it lasts as long as the page.
const lost = new Map<string, string>();

export function remember(key: string, value: string | undefined): void {
  lost.delete(key);
  try {
    if (value === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    if (value !== undefined) lost.set(key, value);
  }
}

export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? lost.get(key);
  } catch {
    return lost.get(key);
  }
}

/** 32 hex digits; `crypto.randomUUID` is too new for the phones we serve. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Made once per browser and shop. */
export function visitorId(slug: string): string {
  const key = `huiliu.${slug}.visitor`;
  const known = recall(key);
  if (known) return known;
  const made = randomId();
  remember(key, made);
  return made;
}
