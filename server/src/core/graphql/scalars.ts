// Scalars of the schema: instants, JSON and money.
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

function toDate(value: unknown): Date {
  const date = typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(value) ? new Date(value) : undefined;
  if (!date || Number.isNaN(date.getTime())) throw new GraphQLError('DateTime must be ISO 8601 with a zone, for example 2026-11-24T09:30:00+08:00.');
  return date;
}

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => (value instanceof Date ? value : new Date(value as string)).toISOString(),
  parseValue: toDate,
  parseLiteral: (node) => toDate(node.kind === Kind.STRING ? node.value : undefined),
});

export const Json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

function toFen(value: unknown): number {
  const fen = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof fen !== 'number' || !Number.isSafeInteger(fen)) throw new GraphQLError('Fen must be a whole number of fen (1 yuan = 100 fen).');
  return fen;
}

export const Fen = new GraphQLScalarType<number, number>({
  name: 'Fen',
  serialize: toFen,
  parseValue: toFen,
  parseLiteral: (node) => toFen(node.kind === Kind.INT ? node.value : undefined),
});

export const scalars = { DateTime, JSON: Json, Fen };
