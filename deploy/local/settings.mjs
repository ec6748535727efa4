// Reads the environment and the command line of `npm start`, once. The table of all variables is .env.example.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '../problem.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

const FLAGS = {
  '--no-demo': 'start without the demo shop and its customers',
  '--no-open': 'accepted for scripts; no browser is ever opened',
  '--new-database': 'move the present database folder aside and start with an empty one',
  '--help': 'show this text',
};

/** The text of `npm start -- --help`. */
export function usage() {
  const lines = Object.entries(FLAGS).map(([flag, meaning]) => `  ${flag.padEnd(16)}${meaning}`);
  return `npm start [-- options]\n${lines.join('\n')}\nVariables such as PORT and DATABASE_URL: see .env.example`;
}

function port(value) {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new Problem(`PORT=${value} is no port. Give a number from 1 to 65535, for example PORT=8081 npm start.`);
}

/** Settings of one start; `env` goes on to the processes, less what is decided here. */
export function readSettings(argv = process.argv.slice(2)) {
  const unknown = argv.find((flag) => !(flag in FLAGS));
  if (unknown) throw new Problem(`Unknown option ${unknown}.\n${usage()}`);
  const file = path.join(ROOT, '.env');
  if (fs.existsSync(file)) process.loadEnvFile(file); // what the shell has set wins
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  return {
    env,
    port: port(env.PORT ?? '8080'),
    host: env.HOST ?? '127.0.0.1',
    dataRoot: path.resolve(ROOT, env.DATA_DIR ?? '.data'),
    databaseUrl: env.DATABASE_URL,
    // a real platform address means that nobody is to be simulated
    hasSimulator: env.WECHAT_API_BASE === undefined,
    hasDemo: !argv.includes('--no-demo'),
    isNewDatabase: argv.includes('--new-database'),
    isHelp: argv.includes('--help'),
    isUnderNpm: env.npm_lifecycle_event !== undefined,
    isCi: env.CI === 'true',
  };
}
