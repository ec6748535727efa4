import type { Fields } from './call.ts';

/** Reads a text field; anything else counts as absent. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** Reads a list of texts; anything else counts as empty. */
export function textsOf(fields: Fields, name: string): string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

export function objectOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function objectsOf(fields: Fields, name: string): Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((one): one is Fields => typeof one === 'object' && one !== null) : [];
}

export function numberOf(fields: Fields, name: string, fallback: number): number {
  const value = Number(fields[name] ?? fallback);
  return Number.isFinite(value) ? value : fallback;
}

export interface Page<T> {
  rows: T[];
  next_cursor: string;
}

/** One page of a list. The cursor is opaque to the caller; null when it is not one of ours. */
export function pageOf<T>(all: T[], cursor: string, limit: number): Page<T> | null {
  const start = cursor === '' ? 0 : Number(/^c-(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1] ?? NaN);
  if (!Number.isInteger(start)) return null;
  const end = start + limit;
  return { rows: all.slice(start, end), next_cursor: end < all.length ? Buffer.from(`c-${end}`).toString('base64url') : '' };
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
