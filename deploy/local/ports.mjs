// Ports: whether one is free, and what to say when it is not.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Problem } from '../problem.mjs';

/** Tries to listen; resolves to the port, or to the error code that stopped it. */
function tryListen(port, host) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', (error) => resolve({ code: error.code }));
    probe.listen({ port, host, exclusive: true }, () => {
      const { port: taken } = probe.address();
      probe.close(() => resolve({ port: taken }));
    });
  });
}

async function nextFree(port, host) {
  for (let candidate = port + 1; candidate < Math.min(port + 50, 65_536); candidate += 1) {
    if ((await tryListen(candidate, host)).port) return candidate;
  }
  return (await tryListen(0, host)).port;
}

/** Refuses a port that cannot be had, and names one that can. */
export async function demandFreePort(port, host) {
  const { code } = await tryListen(port, host);
  if (!code) return;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    throw new Problem(`HOST=${host} is no address of this machine. Leave HOST out, or give 0.0.0.0 for all of its addresses.`);
  }
  const free = await nextFree(port < 1024 ? 8079 : port, host);
  const reason = code === 'EACCES' ? `Port ${port} is reserved for root` : `Port ${port} is taken by another program`;
  throw new Problem(`${reason}. Choose another one, for example:  PORT=${free} npm start`);
}

/** A free loopback port, the same as last time when possible. */
export async function keptPort(dataRoot, name) {
  const file = path.join(dataRoot, `${name}.port`);
  const last = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
  const kept = last > 0 && last < 65_536 ? await tryListen(last, '127.0.0.1') : {};
  const port = kept.port ?? (await tryListen(0, '127.0.0.1')).port;
  fs.writeFileSync(file, `${port}\n`);
  return port;
}

/** Refuses the address of a server (`name` is its variable) where nothing answers. */
export async function demandReachable(name, address, otherwise) {
  let url;
  try {
    url = new URL(address);
  } catch {
    throw new Problem(`${name} is no address. It looks like ${name === 'REDIS_URL' ? 'redis://host:6379' : 'postgres://user:password@host:5432/database'}. ${otherwise}`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1';
  const port = Number(url.port) || (name === 'REDIS_URL' ? 6379 : 5432);
  const failure = await new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 5000 });
    socket.once('connect', () => resolve(undefined));
    socket.once('timeout', () => resolve('no answer in 5 s'));
    socket.once('error', (error) => resolve(error.code));
    socket.once('close', () => resolve('closed'));
    for (const end of ['connect', 'timeout']) socket.once(end, () => socket.destroy());
  });
  if (failure) throw new Problem(`${name} points to ${host}:${port}, where nothing answers (${failure}). Start that server, or correct the address. ${otherwise}`);
}
