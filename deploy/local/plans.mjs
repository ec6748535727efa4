// Which processes make up the product, with their variables. docker-compose.yml starts the same ones.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from '../problem.mjs';

/** The commands of the product's processes; docker-compose.yml must name the same scripts. */
export const SCRIPTS = {
  api: 'server/dist/bundle/app/main.js',
  worker: 'server/dist/bundle/app/worker.js',
  migrate: 'server/dist/bundle/app/migrate.js',
  simulator: 'test/simulator/dist/main.mjs',
  demo: 'test/demo/run.ts',
};

// Small heaps grow late: idle memory halves and the work of one machine still fits.
const SMALL = ['--max-semi-space-size=4', '--max-old-space-size=1024'];

const keyFile = (dataRoot) => path.join(dataRoot, 'secret.key');

/** Makes the key that encrypts what merchants entrust to us; never a second one for a database that was used with a first. */
export function ensureSecretKey({ dataRoot, databaseUrl, isNewDatabase }) {
  const file = keyFile(dataRoot);
  if (fs.existsSync(file)) return;
  if (!databaseUrl && !isNewDatabase && fs.existsSync(path.join(dataRoot, 'postgres'))) {
    throw new Problem(
      `${file} is missing, but the database beside it was used with it. Put the file back, or give its content as SECRET_KEY=…, or start afresh with: npm start -- --new-database`,
    );
  }
  fs.writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
}

/** The variables of the processes: what the person gave, and what a start on one machine sets itself. */
export function productEnv({ root, env, host, port, databaseUrl, simulatorPort, dataRoot }) {
  const publicUrl = env.PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  const simulatorUrl = simulatorPort ? `http://127.0.0.1:${simulatorPort}` : undefined;
  const simulated = simulatorUrl ? { SIMULATOR_URL: simulatorUrl, WECHAT_API_BASE: simulatorUrl, WECHAT_LOGIN_BASE: simulatorUrl, WECOM_API_BASE: simulatorUrl } : {};
  return {
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: path.join(dataRoot, 'cache', 'compile'),
    ...env,
    HOST: host,
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DATABASE_URL: databaseUrl,
    STATIC_DIR: env.STATIC_DIR ?? path.join(root, 'admin', 'dist'),
    SECRET_KEY: env.SECRET_KEY ?? fs.readFileSync(keyFile(dataRoot), 'utf8').trim(),
    ...simulated,
  };
}

/** The long-lived processes in the order of their start. */
export function plans({ env, port, simulatorPort, simulatorState }) {
  const simulator = {
    name: 'simulator',
    script: SCRIPTS.simulator,
    args: ['--port', String(simulatorPort), '--product', `http://127.0.0.1:${port}`, '--state', simulatorState],
    nodeFlags: SMALL,
    env,
  };
  return [
    ...(simulatorPort ? [simulator] : []),
    // API and worker in one process: a second one would hold the same code in memory again
    { name: 'api', script: SCRIPTS.api, nodeFlags: SMALL, env: { ...env, INLINE_WORKER: '1' }, mayRestart: true },
  ];
}
