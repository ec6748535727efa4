// The database of this start: the embedded one or another, and what it is called.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setDataFolderAside, startEmbeddedPostgres } from '../embedded-postgres.mjs';
import { Problem } from '../problem.mjs';
import { shown } from './screen.mjs';

const MAX_ENDS = 3;
const ENDS_WINDOW_MS = 10 * 60_000;

/** A name for the data themselves, so that what belongs to one database is not mistaken for another's. */
export function databaseIdentity({ dataRoot, databaseUrl }) {
  if (databaseUrl) return createHash('sha256').update(databaseUrl).digest('hex').slice(0, 16);
  // a cluster's own identifier: the first eight bytes of its control file
  const control = fs.openSync(path.join(dataRoot, 'postgres', 'global', 'pg_control'), 'r');
  const bytes = Buffer.alloc(8);
  fs.readSync(control, bytes, 0, 8, 0);
  fs.closeSync(control);
  return bytes.toString('hex');
}

/**
 * Starts the embedded database, or takes the one that is given. An unexpected end of ours is repaired, or, when it
 * comes again and again, the end of everything.
 * @returns {Promise<string>} its address as the owner
 */
export async function startDatabase({ session, settings, screen, fail }) {
  if (settings.databaseUrl) return settings.databaseUrl;
  const { dataRoot } = settings;
  if (settings.isNewDatabase) {
    const kept = setDataFolderAside(dataRoot);
    if (kept) screen.say(`  The former database was moved to ${shown(kept)}.`);
  }
  const ends = [];
  const startOnce = async (detail) => {
    session.postgres = startEmbeddedPostgres({ dataRoot, log: detail });
    const postgres = await session.postgres;
    void postgres.exited.then((reason) => session.stopping || again(reason));
    return postgres.url;
  };
  const again = async (reason) => {
    const report = `PostgreSQL stopped by itself (${reason}). Its log: ${shown(path.join(dataRoot, 'logs', 'postgres.log'))}`;
    ends.push(Date.now());
    if (ends.filter((at) => Date.now() - at < ENDS_WINDOW_MS).length > MAX_ENDS) {
      fail(new Problem(`${report}\nThat was the ${MAX_ENDS + 1}th time in ten minutes; that is enough.`));
      return;
    }
    screen.say(`${report}\nStarting it again.`);
    await startOnce(() => {}).catch(fail);
  };
  return screen.step('Starting PostgreSQL', startOnce);
}
