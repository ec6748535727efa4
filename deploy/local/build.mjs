// Builds what changed since the last build, and nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { PNPM, runLogged } from './commands.mjs';
import { filesBelow, statFingerprint } from './fingerprint.mjs';
import { shippedNode } from './install.mjs';
import { SCRIPTS } from './plans.mjs';

const isSource = (file) => !/\.(spec|e2e)\.ts$/.test(file);
const isOperation = (file) => file.endsWith('.graphql');
const isMade = (file) => file === path.join('server', 'schema.graphql');

const packages = (root) => filesBelow(root, ['pnpm-lock.yaml', 'tsconfig.json']);
const schema = (root) => filesBelow(root, ['codegen.ts', 'server/src', 'admin/src'], (file) => file === 'codegen.ts' || isOperation(file));
const folder = (root, name) => filesBelow(root, [name], (file) => isSource(file) && !isMade(file));
const server = (root) => [...packages(root), ...schema(root), ...folder(root, 'shared'), ...folder(root, 'server')];
const NODE = 'node'; // stands for the one that comes with the packages

/**
 * The parts, in waves (those of one wave build side by side): the command, what it is made from, and files that
 * exist only when it was made.
 */
const WAVES = [
  [
    {
      name: 'types',
      command: [...PNPM, 'run', 'codegen'],
      sources: (root) => [...packages(root), ...schema(root)],
      outputs: ['server/src/core/graphql/generated/schema.ts', 'admin/src/api/generated/graphql.ts'],
    },
    {
      name: 'shared',
      command: [...PNPM, '--filter', '@huiliu/shared', 'run', 'build'],
      sources: (root) => [...packages(root), ...folder(root, 'shared')],
      outputs: ['shared/dist/index.js'],
    },
  ],
  [
    {
      name: 'server',
      command: [...PNPM, '--filter', '@huiliu/server', 'run', 'build'],
      sources: server,
      outputs: ['server/dist/main.js', 'server/dist/worker.js', 'server/dist/migrate.js'],
    },
    {
      name: 'console',
      command: [...PNPM, '--filter', '@huiliu/admin', 'run', 'build'],
      sources: (root) => [...packages(root), ...schema(root), ...folder(root, 'shared'), ...folder(root, 'admin')],
      outputs: ['admin/dist/console/index.html', 'admin/dist/play/index.html'],
    },
  ],
  [
    {
      name: 'bundle',
      command: [NODE, 'deploy/bundle.mjs'],
      sources: (root) => [...server(root), ...folder(root, 'test/simulator/src'), 'deploy/bundle.mjs'],
      outputs: [SCRIPTS.api, SCRIPTS.worker, SCRIPTS.migrate, SCRIPTS.simulator],
    },
  ],
];

function readState(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Parts of a wave whose sources changed or whose output is missing, with their present fingerprints. */
function staleParts(wave, root, stateFile) {
  const state = readState(stateFile);
  return wave
    .map((part) => ({ ...part, fingerprint: statFingerprint(root, part.sources(root)) }))
    .filter(({ name, outputs, fingerprint }) => state[name] !== fingerprint || outputs.some((file) => !fs.existsSync(path.join(root, file))));
}

async function buildWave(stale, { root, dataRoot, env, stateFile, detail }) {
  const open = new Set(stale.map(({ name }) => name));
  const results = await Promise.allSettled(
    stale.map(async ({ name, command, fingerprint }) => {
      detail([...open].join(', '));
      const logFile = path.join(dataRoot, 'logs', `build-${name}.log`);
      await runLogged(command.map((word) => (word === NODE ? shippedNode(root) : word)), { cwd: root, env, logFile, what: `Building the ${name}`, tail: 40 });
      // set only now: a build that was interrupted is done again
      fs.writeFileSync(stateFile, JSON.stringify({ ...readState(stateFile), [name]: fingerprint }));
      open.delete(name);
      detail([...open].join(', '));
    }),
  );
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

/** Builds the stale parts. Returns the names of what was built. */
export async function ensureBuilt({ root, dataRoot, env, screen }) {
  const stateFile = path.join(root, 'node_modules', '.huiliu-build.json'); // of this tree, whatever its data folder
  const names = WAVES.flatMap((wave) => staleParts(wave, root, stateFile)).map(({ name }) => name);
  if (names.length === 0) return [];
  await screen.step(`Building ${names.join(', ')}`, async (detail) => {
    for (const wave of WAVES) await buildWave(staleParts(wave, root, stateFile), { root, dataRoot, env, stateFile, detail });
  });
  return names;
}
