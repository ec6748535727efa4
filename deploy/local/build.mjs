// Builds what changed since the last build, and nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { PNPM, runLogged } from './commands.mjs';
import { filesBelow, statFingerprint } from './fingerprint.mjs';

const isSource = (file) => !/\.(spec|e2e)\.ts$/.test(file);
const isSchema = (file) => file.endsWith('.graphql');
const COMMON = ['package.json', 'pnpm-lock.yaml', 'codegen.ts', 'tsconfig.json', 'tsconfig.base.json', 'shared'];

/** The parts, what each is made from, and files that exist only when it was made. */
const PARTS = [
  {
    name: 'server',
    filter: '@huiliu/server',
    sources: (root) => filesBelow(root, [...COMMON, 'server/src', 'server/package.json', 'server/tsconfig.json', 'server/tsconfig.build.json'], isSource),
    outputs: ['shared/dist/index.js', 'server/dist/main.js', 'server/dist/worker.js', 'server/dist/migrate.js'],
  },
  {
    name: 'console',
    filter: '@huiliu/admin',
    sources: (root) => [...filesBelow(root, [...COMMON, 'admin'], isSource), ...filesBelow(root, ['server/src'], isSchema)],
    outputs: ['admin/dist/console/index.html', 'admin/dist/play/index.html'],
  },
];

function stateFile(dataRoot) {
  return path.join(dataRoot, 'build.json');
}

function readState(dataRoot) {
  try {
    return JSON.parse(fs.readFileSync(stateFile(dataRoot), 'utf8'));
  } catch {
    return {};
  }
}

/** The parts whose sources changed or whose output is missing, with their present fingerprints. */
export function staleParts(root, dataRoot) {
  const state = readState(dataRoot);
  return PARTS.map((part) => ({ ...part, fingerprint: statFingerprint(root, part.sources(root)) })).filter(
    ({ name, outputs, fingerprint }) => state[name] !== fingerprint || outputs.some((file) => !fs.existsSync(path.join(root, file))),
  );
}

/** Generates types, then builds the stale parts side by side; each part's mark is set only when it was built. */
export async function ensureBuilt({ root, dataRoot, env, screen }) {
  const stale = staleParts(root, dataRoot);
  if (stale.length === 0) return;
  const run = (args, logName, detail) => {
    const logFile = path.join(dataRoot, 'logs', `build-${logName}.log`);
    return runLogged([...PNPM, ...args], { cwd: root, env, logFile, detail, what: `Building (${args.join(' ')})` });
  };
  await screen.step(`Building ${stale.map(({ name }) => name).join(' and ')}`, async (detail) => {
    detail('types from the GraphQL schema');
    await run(['run', 'codegen'], 'codegen');
    detail('shared');
    await run(['--filter', '@huiliu/shared', 'run', 'build'], 'shared');
    const open = new Set(stale.map(({ name }) => name));
    detail([...open].join(', '));
    const results = await Promise.allSettled(
      stale.map(async ({ name, filter, fingerprint }) => {
        await run(['--filter', filter, 'run', 'build'], name);
        fs.writeFileSync(stateFile(dataRoot), JSON.stringify({ ...readState(dataRoot), [name]: fingerprint }));
        open.delete(name);
        detail([...open].join(', '));
      }),
    );
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
  });
}
