// Installs the packages when they are missing, outdated or only half there.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from '../problem.mjs';
import { PNPM, runLogged } from './commands.mjs';
import { contentFingerprint, filesBelow } from './fingerprint.mjs';

/** The Node that the processes run on: it comes with the packages, whatever the machine has. */
export function shippedNode(root) {
  return path.join(root, 'node_modules', 'node', 'bin', 'node');
}

function manifests(root) {
  const packages = filesBelow(root, ['server', 'admin', 'shared', 'test'], (file) => path.basename(file) === 'package.json');
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages].filter((file) => fs.existsSync(path.join(root, file)));
}

/** Where the folders with installed packages are. */
function installedFolders(root) {
  const homes = manifests(root).filter((file) => file.endsWith('package.json')).map((file) => path.dirname(file));
  return homes.map((home) => path.join(root, home, 'node_modules')).filter((folder) => fs.existsSync(folder));
}

/** Why the installed packages cannot be used, or undefined: an interrupted install leaves programs without their files. */
function whyUnusable(root) {
  const node = spawnSync(shippedNode(root), ['--version'], { encoding: 'utf8', timeout: 20_000 });
  if (node.status !== 0) return 'the Node that comes with the packages does not run';
  const missing = manifests(root)
    .filter((file) => file.endsWith('package.json'))
    .flatMap((file) => missingIn(root, file));
  return missing.length > 0 ? `missing: ${missing.slice(0, 5).join(', ')}` : undefined;
}

function missingIn(root, manifest) {
  const home = path.join(root, path.dirname(manifest));
  const { dependencies = {}, devDependencies = {} } = JSON.parse(fs.readFileSync(path.join(root, manifest), 'utf8'));
  return Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !fs.existsSync(path.join(home, 'node_modules', name, 'package.json')));
}

/** npm and pnpm keep caches at home; a service user may have none that can be written. */
function withHome(env, dataRoot) {
  try {
    fs.accessSync(env.HOME ?? '', fs.constants.W_OK);
    return env;
  } catch {
    const home = path.join(dataRoot, 'home');
    fs.mkdirSync(home, { recursive: true });
    return { ...env, HOME: home, npm_config_cache: path.join(home, '.npm') };
  }
}

/** True when the packages were installed completely from the present lockfile. */
export function isInstalled(root) {
  const marker = path.join(root, 'node_modules', '.huiliu-installed');
  return fs.existsSync(marker) && fs.existsSync(shippedNode(root)) && fs.readFileSync(marker, 'utf8') === contentFingerprint(root, manifests(root));
}

/**
 * Installs by the lockfile. What an interrupted install left is repaired, or, when that does not help, removed and
 * installed anew. The marker is written last, so that only a complete install counts.
 */
export async function ensureInstalled({ root, dataRoot, env, screen }) {
  if (isInstalled(root)) return;
  const marker = path.join(root, 'node_modules', '.huiliu-installed');
  const wasInterrupted = fs.existsSync(path.join(root, 'node_modules')) && !fs.existsSync(marker);
  fs.rmSync(marker, { force: true });
  const options = { cwd: root, env: { ...withHome(env, dataRoot), CI: 'true' }, logFile: path.join(dataRoot, 'logs', 'install.log') };
  const install = (title) =>
    screen.step(title, (detail) =>
      runLogged([...PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'], { ...options, detail, what: 'Installing the packages' }),
    );
  let reason;
  try {
    await install(wasInterrupted ? 'Completing the installed packages' : 'Installing packages');
    reason = whyUnusable(root);
  } catch (error) {
    if (!wasInterrupted) throw error;
    reason = 'the unfinished install could not be completed';
  }
  if (reason) {
    screen.say(`  The installed packages are damaged (${reason}): removing them and installing anew.`);
    for (const folder of installedFolders(root)) fs.rmSync(folder, { recursive: true, force: true });
    await install('Installing packages');
    reason = whyUnusable(root);
  }
  if (reason) throw new Problem(`The packages were installed but cannot be used: ${reason}. The log is ${options.logFile}.`);
  fs.writeFileSync(marker, contentFingerprint(root, manifests(root)));
}
