// The data folder: made whole or not at all, never deleted once whole, and checked before use.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from '../problem.mjs';
import { program } from './binaries.mjs';

export const OWNER_ROLE = 'huiliu';
export const DATABASE = 'huiliu';
const UNFINISHED = 'postgres.unfinished-';

/** What keeps the database from starting, in sentences for whoever starts it. */
export class DatabaseProblem extends Problem {}

/** Path of the data folder, and of the unfinished one beside it. */
export function folders(dataRoot) {
  return { data: path.join(dataRoot, 'postgres'), unfinished: path.join(dataRoot, `${UNFINISHED}${process.pid}`) };
}

/**
 * How to name the data folder to PostgreSQL. A parent that only its owner may enter stops the user root drops to,
 * but the working folder is set before the drop and Linux lets a process reach it by this name.
 */
export function nameFor(folder, identity) {
  if (identity.uid === undefined) return folder;
  const reached = spawnSync('/bin/sh', ['-c', 'test -x "$1" && test -w "$1"', 'sh', folder], { ...identity, cwd: '/' });
  if (reached.status === 0) return folder;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new DatabaseProblem(
    `PostgreSQL cannot run as root below ${path.dirname(folder)}, which other users may not enter. Move the project to another folder, start as an ordinary user, or set DATABASE_URL.`,
  );
}

function run(command, args, { identity, cwd, input }) {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const done = spawnSync(command, args, { ...identity, cwd, env, input, encoding: 'utf8' });
  if (done.status === 0) return;
  const reason = done.error?.message ?? `${done.stderr}\n${done.stdout}`.trim().slice(-800);
  throw new DatabaseProblem(`PostgreSQL could not make its data folder ${cwd}: ${reason}`);
}

/** The owner's password, made once and readable only by whoever starts the product. */
export function ownerPassword(dataRoot) {
  const file = path.join(dataRoot, 'postgres.password');
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return fs.readFileSync(file, 'utf8').trim();
}

/**
 * Makes the data folder if there is none. The work happens under another name and is renamed when complete: whatever
 * stands under that other name is the rest of an interrupted attempt and holds no one's data.
 */
export function ensureDataFolder({ dataRoot, native, identity, durable, log }) {
  const { data, unfinished } = folders(dataRoot);
  if (fs.existsSync(data)) return data;
  for (const name of fs.readdirSync(dataRoot).filter((entry) => entry.startsWith(UNFINISHED))) {
    log('an earlier first start was interrupted: making the database anew');
    fs.rmSync(path.join(dataRoot, name), { recursive: true, force: true, maxRetries: 10 });
  }
  fs.mkdirSync(unfinished, { mode: 0o700 });
  if (identity.uid !== undefined) fs.chownSync(unfinished, identity.uid, identity.gid);
  const where = { identity, cwd: unfinished };
  const name = nameFor(unfinished, identity);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const sync = durable ? [] : ['--no-sync'];
  run(program(native, 'initdb'), ['-D', name, `--username=${OWNER_ROLE}`, '--auth=trust', ...locale, ...sync], where);
  const sql = [`ALTER ROLE ${OWNER_ROLE} PASSWORD '${ownerPassword(dataRoot)}'`, `CREATE DATABASE ${DATABASE}`];
  const single = ['--single', '-D', name, '-c', `fsync=${durable ? 'on' : 'off'}`, 'postgres'];
  run(program(native, 'postgres'), single, { ...where, input: sql.map((line) => `${line};\n`).join('') });
  // from here on everyone needs the password, also other users of this machine
  fs.writeFileSync(path.join(unfinished, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  fs.renameSync(unfinished, data);
  return data;
}

/** Refuses a data folder of another PostgreSQL major or of another user, each with a way out. */
export function checkDataFolder(data, major) {
  const versionFile = path.join(data, 'PG_VERSION');
  let found;
  try {
    found = fs.readFileSync(versionFile, 'utf8').trim();
  } catch (error) {
    if (error.code === 'EACCES') {
      throw new DatabaseProblem(
        `The database in ${data} belongs to another user (it was probably started as root). Start as that user again, or choose another folder with DATA_DIR=….`,
      );
    }
    throw new DatabaseProblem(
      `${data} exists but is no PostgreSQL data folder (it has no PG_VERSION). Nothing was changed. Move it away (mv ${data} ${data}-old) and start again.`,
    );
  }
  if (found === major) return;
  throw new DatabaseProblem(
    [
      `The database in ${data} was made by PostgreSQL ${found}; this release brings PostgreSQL ${major}, which cannot read it. Nothing was changed.`,
      `  Keep the data:  run a PostgreSQL ${found} on that folder and set DATABASE_URL to it, or dump it there and restore it here.`,
      `  Start afresh:   npm start -- --new-database   (moves the old folder to ${data}-${found}, deletes nothing)`,
    ].join('\n'),
  );
}

/** Moves the data folder out of the way under a free name and returns that name, or undefined when there is none. */
export function setDataFolderAside(dataRoot) {
  const { data } = folders(dataRoot);
  if (!fs.existsSync(data)) return undefined;
  let version = 'old';
  try {
    version = fs.readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim();
  } catch {
    // a folder without a version is moved all the same
  }
  let target = `${data}-${version}`;
  for (let n = 2; fs.existsSync(target); n += 1) target = `${data}-${version}-${n}`;
  fs.renameSync(data, target);
  return target;
}
