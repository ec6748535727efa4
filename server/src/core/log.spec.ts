import { expect, it } from 'vitest';
import { runAs } from './context.js';
import { createLog } from './log.js';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLog('info', 'api', { write: (line: string) => void lines.push(line) }));
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

it('names the request and the tenant of the moment', () => {
  const line = logged((log) => runAs({ tenantId: 't1', requestId: 'r1', actor: { kind: 'system' } }, () => log.info('hello')));
  expect(line).toMatchObject({ name: 'api', requestId: 'r1', tenantId: 't1', msg: 'hello' });
});

it('blanks secrets wherever they hide', () => {
  const line = logged((log) => log.info({ password: 'p1', channel: { appSecret: 'p2', keys: { aesKey: 'p3' } }, headers: { authorization: 'p4', cookie: 'p5' } }, 'x'));
  expect(JSON.stringify(line)).not.toMatch(/p[1-5]/);
  expect(line).toMatchObject({ password: '[secret]', channel: { appSecret: '[secret]', keys: { aesKey: '[secret]' } } });
});
