// Reads the compact record of a routing decision; what does not look like a rung is left out.

export interface Rung {
  index: number;
  kind: string;
  isChosen: boolean;
  reason?: string;
}

export function readConsidered(considered: unknown): Rung[] {
  if (!Array.isArray(considered)) return [];
  return considered.flatMap((entry: unknown, position) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { index, kind, verdict, reason } = entry as Record<string, unknown>;
    if (typeof kind !== 'string') return [];
    return [{ index: typeof index === 'number' ? index : position, kind, isChosen: verdict === 'chosen', ...(typeof reason === 'string' && { reason }) }];
  });
}
