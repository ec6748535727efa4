// The demo shop: on the first start its story is really played, through the product's own doors.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { shippedNode } from './install.mjs';
import { SCRIPTS } from './plans.mjs';
import { CHILD_PRELUDE } from './processes.mjs';

/** A name for the database, so that another or a new one gets its own story. */
function identityOf(dataRoot, databaseUrl) {
  if (databaseUrl) return createHash('sha256').update(databaseUrl).digest('hex').slice(0, 16);
  // a cluster's own identifier: the first eight bytes of its control file
  const control = fs.openSync(path.join(dataRoot, 'postgres', 'global', 'pg_control'), 'r');
  const bytes = Buffer.alloc(8);
  fs.readSync(control, bytes, 0, 8, 0);
  fs.closeSync(control);
  return bytes.toString('hex');
}

function marker({ dataRoot, databaseUrl }) {
  return path.join(dataRoot, `demo-${identityOf(dataRoot, databaseUrl)}.json`);
}

/** What the finished story left: `{email, password}` for the sign-in, or undefined. */
export function readDemo(settings) {
  try {
    return JSON.parse(fs.readFileSync(marker(settings), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Plays the story once. Its progress bar goes to this terminal. The story writes the sign-in to the file that it is
 * given; a story that fails does not take the product down.
 * @returns {Promise<boolean>} false when it failed
 */
export async function playDemo({ root, settings, env, onChild }) {
  const script = path.join(root, SCRIPTS.demo);
  if (!fs.existsSync(script)) return true;
  const args = ['--import', CHILD_PRELUDE, script, '--first', '--out', marker(settings)];
  const child = spawn(shippedNode(root), args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onChild(child);
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  onChild(undefined);
  return ended === 0;
}
