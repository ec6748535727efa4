export interface SourceRow { source: string; touches: number; customers: number }

/** Visits and people per source, most people first. A link may share its source with others. */
export function bySource(links: readonly { source: string; touches: number; customers: number }[]): SourceRow[] {
  const rows = new Map<string, SourceRow>();
  for (const { source, touches, customers } of links) {
    const row = rows.get(source) ?? { source, touches: 0, customers: 0 };
    rows.set(source, { source, touches: row.touches + touches, customers: row.customers + customers });
  }
  return [...rows.values()].toSorted((a, b) => b.customers - a.customers || b.touches - a.touches);
}
