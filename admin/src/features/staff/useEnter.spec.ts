// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { safeNext } from './useEnter.ts';

describe('where a sign-in leads', () => {
  it('goes to the page that was asked for', () => {
    expect(safeNext('/channels/1?tab=a')).toBe('/channels/1?tab=a');
  });
  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', undefined, ['/a']])('goes home instead of %s', (next) => {
    expect(safeNext(next)).toBe('/');
  });
});
