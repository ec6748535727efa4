import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import { invalid } from '../errors/app-error.js';
import { createLog } from '../log.js';
import { formatErrors } from './errors.js';

const lines: string[] = [];
const format = formatErrors(createLog('info', 'api', { write: (line: string) => void lines.push(line) }));
const thrownAt = (path: string[], originalError: Error) => ({ data: null, errors: [new GraphQLError(originalError.message, { path, originalError })] });
const first = (result: Parameters<typeof format>[0]) => (format(result).response.errors ?? [])[0]!;

it('says nothing of the database when a field fails: an id, and the rest in our log', () => {
  const error = first(thrownAt(['customer', 'timeline'], Object.assign(new Error('relation "customers" does not exist'), { code: '42P01' })));
  expect(error.message).toBe('Something went wrong on our side.');
  expect(error.extensions).toEqual({ code: 'INTERNAL', errorId: expect.any(String) });
  expect(lines.join('')).toContain('relation \\"customers\\"');
});

it('keeps the field and the problem of a bad input', () => {
  expect(first(thrownAt(['customers'], invalid('after', 'bad_cursor', 'after is not a cursor.')))).toMatchObject({ message: 'after is not a cursor.', extensions: { code: 'INVALID', field: 'after' } });
});

it('gives what never ran a code too', () => {
  expect(first({ errors: [new GraphQLError('Syntax Error')] }).extensions).toEqual({ code: 'INVALID' });
  expect(format({ errors: [new GraphQLError('x', { originalError: Object.assign(new Error('x'), { code: 'FST_ERR_CTP_INVALID_JSON_BODY', statusCode: 400 }) })] }).statusCode).toBe(400);
});
