// How Postgres values arrive: int8 and numeric as numbers (refused when unsafe), dates as text.
import pg from 'pg';

const safe = (text: string): number => {
  const n = Number(text);
  if (!Number.isFinite(n) || (Number.isInteger(n) && !Number.isSafeInteger(n))) throw new Error(`${text} does not fit a number exactly`);
  return n;
};

pg.types.setTypeParser(pg.types.builtins.INT8, safe);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, safe);
pg.types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
