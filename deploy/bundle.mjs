// Puts the built server and the libraries it uses into a few files. A start then opens a handful of files instead of two
// thousand, and an idle process keeps half the source text in memory. Names and lines stay readable in stack traces.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const BUILT = path.join(ROOT, 'server', 'dist');

// as deep below server/ as the files that look for schema.graphql and migrations/ beside themselves
const FOLDER = path.join(BUILT, 'bundle', 'app');

// these read files of their own or start threads from them, so they stay where they are installed
const KEPT = new Set(['@node-rs/argon2', 'bull', 'graphile-worker', 'pino']);

/** Libraries ask for drivers that nobody installed; what cannot be found is left to fail as it would without us. */
function onLog(level, log, handle) {
  if (log.code === 'UNRESOLVED_IMPORT' || level !== 'warn') return;
  if (['CIRCULAR_DEPENDENCY', 'EVAL', 'COMMONJS_VARIABLE_IN_ESM'].includes(log.code)) return; // theirs, and harmless
  handle(level, log);
}

fs.rmSync(FOLDER, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(['main', 'worker', 'migrate'].map((name) => [name, path.join(BUILT, `${name}.js`)])),
  platform: 'node',
  external: (id) => KEPT.has(id),
  onLog,
});
// Nest and TypeORM tell things apart by class name: two classes of one name must both keep it
const { output } = await bundle.write({ dir: FOLDER, format: 'esm', keepNames: true, comments: { legal: false } });
await bundle.close();
const bytes = output.reduce((sum, { code }) => sum + (code?.length ?? 0), 0);
console.log(`${output.length} files, ${(bytes / 1e6).toFixed(1)} MB`);
