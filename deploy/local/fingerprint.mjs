// A short name for the state of a set of files, to tell whether work done from them still holds.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', 'generated', '.data', '.reports', '.git']);

/** All files below the given files and folders of `root`, sorted, less what is generated. */
export function filesBelow(root, entries, matches = () => true) {
  const found = [];
  const visit = (relative) => {
    const stat = fs.statSync(path.join(root, relative), { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) {
      if (matches(relative)) found.push(relative);
      return;
    }
    for (const name of fs.readdirSync(path.join(root, relative))) {
      if (!SKIPPED.has(name)) visit(path.join(relative, name));
    }
  };
  entries.forEach(visit);
  return found.sort();
}

/** By contents: for few files that are copied about, such as lockfiles. */
export function contentFingerprint(root, files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(fs.readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 32);
}

/** By size and time of change: cheap enough to look at every source file on every start. */
export function statFingerprint(root, files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = fs.statSync(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 32);
}
