import { XMLBuilder } from 'fast-xml-parser';

const builder = new XMLBuilder({ cdataPropName: '#cdata', suppressEmptyNode: false });

/** XML text the way the platform writes it: strings in CDATA, numbers bare, a repeated element for a list. */
export function xmlText(root: string, value: Record<string, unknown>): string {
  return String(builder.build({ [root]: wrap(value) }));
}

function wrap(value: unknown): unknown {
  if (typeof value === 'string') return { '#cdata': value };
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(wrap);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wrap(inner)]));
  }
  return value;
}
