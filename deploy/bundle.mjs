// Puts the built server (and the simulator) and the libraries they use into a few files. A start then opens a handful of files instead of two
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

/** Writes one bundle; answers its size in megabytes. */
async function write(input, output, external) {
  const bundle = await rolldown({ input, platform: 'node', external: (id) => external.has(id), onLog });
  // Nest and TypeORM tell things apart by class name: two classes of one name must both keep it
  const made = await bundle.write({ format: 'esm', keepNames: true, comments: { legal: false }, ...output });
  await bundle.close();
  return made.output.reduce((sum, { code }) => sum + (code?.length ?? 0), 0) / 1e6;
}

fs.rmSync(FOLDER, { recursive: true, force: true });
const inputs = Object.fromEntries(['main', 'worker', 'migrate'].map((name) => [name, path.join(BUILT, `${name}.js`)]));
const server = await write(inputs, { dir: FOLDER }, KEPT);
// as deep as its source, beside which it looks for the phone's pages; plain JavaScript saves the type stripper's memory
const SIMULATOR = path.join(ROOT, 'test', 'simulator');
const simulator = await write(path.join(SIMULATOR, 'src', 'main.ts'), { file: path.join(SIMULATOR, 'dist', 'main.mjs'), codeSplitting: false }, new Set());
console.log(`server ${server.toFixed(1)} MB, simulator ${simulator.toFixed(1)} MB`);
