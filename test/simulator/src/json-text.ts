/** JSON text of a value in which 64-bit integers (bigint) appear as plain numbers, as the platform writes them. */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts: string[] = [];
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) parts.push(`${JSON.stringify(key)}:${jsonText(inner)}`);
    }
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
