import type { FastifyInstance } from 'fastify';

/** An escaped Chinese character in raw JSON text; the platform refuses such bodies. */
const ESCAPED_CHINESE = /(?:^|[^\\])(?:\\\\)*\\u[4-9][0-9a-f]{3}/i;

/** Reads any body as JSON whatever its content type says, as the platform does; a bad one becomes a marker. */
export function usePlatformBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (_request, bytes, done) => {
    done(null, { multipart: bytes });
  });
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    const raw = String(text);
    if (raw === '') return done(null, {});
    if (raw.includes('\\u') && ESCAPED_CHINESE.test(raw)) return done(null, { badBody: 40033 });
    const value = parseObject(raw);
    return done(null, value ?? { badBody: 47001 });
  });
}

/** Reads JSON bodies of the control interface; an empty body is an empty object. */
export function useControlBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    const value = String(text) === '' ? {} : parseObject(String(text));
    if (value) return done(null, value);
    return done(Object.assign(new Error('the body must be a JSON object'), { statusCode: 400 }));
  });
}

/** Leaves bodies as bytes, for requests that are passed on to the product. */
export function useRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
}

function parseObject(raw: string): object | null {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
