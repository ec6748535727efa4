/** Yuan as typed to fen as stored; null for an empty field. */
export const fenOf = (yuan: number | null | undefined): number | null => (yuan === null || yuan === undefined || Number.isNaN(yuan) ? null : Math.round(yuan * 100));

/** Fen as stored to yuan as shown in a number field. */
export const yuanOf = (fen: number | null | undefined): number | undefined => (fen === null || fen === undefined ? undefined : fen / 100);
