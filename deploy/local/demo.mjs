// The demo shop: on the first start its story is really played, through the product's own doors.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { databaseIdentity } from './database.mjs';
import { shippedNode } from './install.mjs';
import { SCRIPTS } from './plans.mjs';
import { CHILD_PRELUDE } from './processes.mjs';

const marker = (settings) => path.join(settings.dataRoot, `demo-${databaseIdentity(settings)}.json`);

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
