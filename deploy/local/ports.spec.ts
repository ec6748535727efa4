import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../problem.mjs';
import { demandFreePort, demandReachable, keptPort } from './ports.mjs';

const servers: net.Server[] = [];

async function aTakenPort(port = 0): Promise<number> {
  const server = net.createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('a port', () => {
  it('that is taken is refused with another one that is free', async () => {
    const taken = await aTakenPort();
    const problem = await demandFreePort(taken, '127.0.0.1').then(
      () => undefined,
      (error: Error) => error,
    );
    expect(problem).toBeInstanceOf(Problem);
    const proposed = Number(/PORT=(\d+) npm start/.exec(problem!.message)![1]);
    expect(proposed).not.toBe(taken);
    expect(await aTakenPort(proposed)).toBe(proposed);
  });

  it('on an address that is not ours is refused with that reason', async () => {
    await expect(demandFreePort(18_080, '203.0.113.7')).rejects.toThrow(/no address of this machine/);
  });

  it('is kept from one start to the next, unless it was taken meanwhile', async () => {
    const dataRoot = fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-ports-'));
    const first = await keptPort(dataRoot, 'simulator');
    expect(await keptPort(dataRoot, 'simulator')).toBe(first);
    await aTakenPort(first);
    expect(await keptPort(dataRoot, 'simulator')).not.toBe(first);
  });
});

describe('a server that is given by address', () => {
  it('is accepted when something answers there', async () => {
    const port = await aTakenPort();
    await expect(demandReachable('DATABASE_URL', `postgres://u:p@127.0.0.1:${port}/d`, '')).resolves.toBeUndefined();
  });

  it('is refused by the name of its variable, with the other way, and without its password', async () => {
    const port = await aTakenPort();
    servers.pop()!.close();
    const refusal = demandReachable('REDIS_URL', `redis://u:secret@127.0.0.1:${port}`, 'Leave it out.').catch((error: Error) => error.message);
    expect(await refusal).toMatch(/^REDIS_URL points to 127\.0\.0\.1:\d+, where nothing answers \(ECONNREFUSED\).*Leave it out\.$/);
    expect(await refusal).not.toContain('secret');
  });

  it('is refused when it is no address', async () => {
    await expect(demandReachable('DATABASE_URL', 'localhost', '')).rejects.toThrow(/no address/);
  });
});
