// Starts a private PostgreSQL from the binaries of an npm package: no installation, no configuration, no Docker.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { installedBinaries, reachableBinaries, runAs } from './postgres/binaries.mjs';
import { checkDataFolder, DATABASE, ensureDataFolder, folders, OWNER_ROLE, ownerPassword } from './postgres/data-folder.mjs';
import { NOT_DURABLE, tunedFlags } from './postgres/flags.mjs';
import { choosePort, findRunning, guard, isAlive, launch, stopPostmaster, watchEnd } from './postgres/postmaster.mjs';

export { DatabaseProblem, setDataFolderAside } from './postgres/data-folder.mjs';

const LOG_LIMIT_BYTES = 5 * 1024 * 1024;

/** True when the process that started the server (`"<pid> <token>"` in the owner file) still runs and is not this one. */
function hasOtherOwner(ownerFile) {
  try {
    const pid = Number(fs.readFileSync(ownerFile, 'utf8').split(' ')[0]);
    return pid > 0 && pid !== process.pid && isAlive(pid) && isNode(pid);
  } catch {
    return false;
  }
}

/** Process ids are used again; a starter is always a Node process. */
function isNode(pid) {
  if (process.platform !== 'linux') return true;
  try {
    return /node|npm|vitest/i.test(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}

function takeOwnership(ownerFile) {
  const owner = `${process.pid} ${randomUUID()}`;
  fs.writeFileSync(ownerFile, owner);
  return owner;
}

/** A server without an owner is taken over; one whose starter still runs is only borrowed, and stays up on `stop`. */
async function adopt({ data, ownerFile, urlOf }) {
  if (!(await findRunning(data))) return undefined;
  const isBorrowed = hasOtherOwner(ownerFile);
  const owner = isBorrowed ? undefined : takeOwnership(ownerFile);
  // asked again after taking ownership: its guard may have stopped it in between
  const found = await findRunning(data);
  if (!found) return undefined;
  const exited = watchEnd(data, found.pid);
  const dismiss = isBorrowed ? async () => {} : guard({ data, pid: found.pid, ownerFile, owner });
  void exited.then(dismiss);
  const stop = async () => {
    if (!isBorrowed) await stopPostmaster(data, found.pid);
    await dismiss();
  };
  return { url: urlOf(found.port), pid: found.pid, adopted: true, exited, stop };
}

function trimLog(file) {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) fs.truncateSync(file, 0);
}

/**
 * Starts (or adopts) the PostgreSQL whose data lies in `<dataRoot>/postgres`.
 *
 * @param {object} options
 * @param {string} options.dataRoot folder for data, port, password and log; made when missing
 * @param {string[]} [options.flags] server settings (`name=value`, a `-c` before each is allowed) that win over the tuned ones
 * @param {boolean} [options.durable] false for throw-away clusters: no fsync (default true)
 * @param {(line: string) => void} [options.log] told about anything that takes a while
 * @returns {Promise<{url: string, stop: () => Promise<void>, pid: number, adopted: boolean, exited: Promise<string>}>}
 *   `url` is that of the owner, a superuser; `exited` settles when our own server process ends, whoever ended it
 * @throws {DatabaseProblem} with a sentence and a way out
 */
export async function startEmbeddedPostgres({ dataRoot, flags = [], durable = true, log = () => {} }) {
  const root = path.resolve(dataRoot);
  fs.mkdirSync(root, { recursive: true });
  const { data } = folders(root);
  const binaries = installedBinaries();
  const identity = runAs(root, data);
  const ownerFile = path.join(root, 'postgres.owner');
  const logFile = path.join(root, 'logs', 'postgres.log');
  if (fs.existsSync(data)) checkDataFolder(data, binaries.major);
  const urlOf = (port) => `postgres://${OWNER_ROLE}:${ownerPassword(root)}@127.0.0.1:${port}/${DATABASE}`;

  const adopted = await adopt({ data, ownerFile, urlOf });
  if (adopted) return adopted;

  const native = reachableBinaries(binaries, identity, log);
  if (!fs.existsSync(data)) log('making a new database');
  ensureDataFolder({ dataRoot: root, native, identity, durable, log });
  const port = await choosePort(root);
  trimLog(logFile);
  const owner = takeOwnership(ownerFile);
  const settings = [...tunedFlags(), ...(durable ? [] : NOT_DURABLE), ...flags];
  const { pid, exited } = await launch({ data, native, identity, port, flags: settings, logFile });
  const dismiss = guard({ data, pid, ownerFile, owner });
  void exited.then(dismiss);
  const stop = async () => {
    await stopPostmaster(data, pid);
    await dismiss();
  };
  return { url: urlOf(port), pid, adopted: false, exited, stop };
}
