// Rebuilds on change and restarts what runs the changed code.
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from '../problem.mjs';
import { ensureBuilt } from './build.mjs';

const QUIET_MS = 250;
const IGNORED = /(^|[\\/])(node_modules|dist|generated|\.[^\\/]+)([\\/]|$)|\.(spec|e2e)\.ts$|~$/;
const RESTARTED = { bundle: ['api'], simulator: ['simulator'] };

/**
 * Watches the sources. A change that does not compile is said, and what ran before goes on.
 * @param {{root: string, dataRoot: string, env: Record<string, string>, screen: object, processes: object}} session
 */
export function watch({ root, dataRoot, env, screen, processes }) {
  let timer;
  let isSimulatorChanged = false;
  let work = Promise.resolve();
  const rebuild = async () => {
    try {
      const built = await ensureBuilt({ root, dataRoot, env, screen });
      const changed = [...built, ...(isSimulatorChanged ? ['simulator'] : [])];
      isSimulatorChanged = false;
      for (const name of changed.flatMap((part) => RESTARTED[part] ?? [])) await processes.restart(name);
      if (changed.length > 0) screen.say('Reloaded.');
    } catch (error) {
      screen.say(error instanceof Problem ? error.message : String(error));
    }
  };
  for (const folder of ['server/src', 'shared/src', 'admin', 'test/simulator/src']) {
    fs.watch(path.join(root, folder), { recursive: true }, (_event, file) => {
      if (!file || IGNORED.test(file)) return;
      isSimulatorChanged ||= folder.startsWith('test/');
      clearTimeout(timer);
      timer = setTimeout(() => {
        work = work.then(rebuild);
      }, QUIET_MS);
    });
  }
}
