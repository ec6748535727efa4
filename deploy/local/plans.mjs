// Which processes make up the product, with their variables. docker-compose.yml starts the same ones.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** The commands of the product's processes; docker-compose.yml must name the same scripts. */
export const SCRIPTS = {
  api: 'server/dist/main.js',
  worker: 'server/dist/worker.js',
  migrate: 'server/dist/migrate.js',
  simulator: 'test/simulator/src/main.ts',
  demo: 'test/demo/run.ts',
};

// Small heaps grow late: idle memory halves and the work of one machine still fits.
const SMALL = ['--max-semi-space-size=4', '--max-old-space-size=1024'];

/** The key that encrypts what merchants entrust to us; made once, and lost data if it is lost. */
export function secretKey(dataRoot) {
  const file = path.join(dataRoot, 'secret.key');
  if (!fs.existsSync(file)) fs.writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  return fs.readFileSync(file, 'utf8').trim();
}

/** Names of the variables that a start on one machine sets itself when nobody has. */
export function productEnv({ env, host, port, databaseUrl, simulatorPort, dataRoot }) {
  const publicUrl = env.PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  const simulatorUrl = simulatorPort ? `http://127.0.0.1:${simulatorPort}` : undefined;
  const simulated = simulatorUrl ? { SIMULATOR_URL: simulatorUrl, WECHAT_API_BASE: simulatorUrl } : {};
  return {
    NODE_ENV: 'production',
    NODE_COMPILE_CACHE: path.join(dataRoot, 'cache', 'compile'),
    ...env,
    HOST: host,
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    DATABASE_URL: databaseUrl,
    SECRET_KEY: env.SECRET_KEY ?? secretKey(dataRoot),
    ...simulated,
  };
}

/** The long-lived processes in the order of their start. */
export function plans({ env, port, simulatorPort }) {
  const simulator = {
    name: 'simulator',
    script: SCRIPTS.simulator,
    args: ['--port', String(simulatorPort), '--product', `http://127.0.0.1:${port}`],
    nodeFlags: SMALL,
    env,
  };
  return [
    ...(simulatorPort ? [simulator] : []),
    { name: 'api', script: SCRIPTS.api, nodeFlags: SMALL, env },
    { name: 'worker', script: SCRIPTS.worker, nodeFlags: SMALL, env, mayRestart: true },
  ];
}
