// The demo: `npm run demo`, and with --first the first start of `npm start`. It reads the environment; nothing else here does.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { offOf } from './checks.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { tell, type Told } from './story.ts';
import { checkLines, funnelLines, recallLines } from './summary.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const say = (...lines: string[]): void => lines.forEach((line) => console.log(line));

/** The first start asks its own API, whatever the public address is; later runs ask what runs from this folder. */
function addressOf({ url, isFirst }: Options): string {
  if (url) return url;
  const { HOST, PORT, DATA_DIR } = process.env;
  if (isFirst) return `http://${!HOST || HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST}:${PORT ?? '8080'}`;
  try {
    const running = JSON.parse(fs.readFileSync(path.resolve(ROOT, DATA_DIR ?? '.data', 'running.json'), 'utf8')) as { url?: string };
    if (running.url) return running.url.replace(/\/+$/, '');
  } catch {
    // nothing runs from this folder
  }
  return 'http://127.0.0.1:8080';
}

/** The shop of the first start has the address that the documents name; a half-told one before it keeps its own. */
function* emailsFor(isFirst: boolean): Generator<string> {
  if (isFirst) yield 'demo@huiliu.example';
  for (;;) yield `demo-${randomBytes(3).toString('hex')}@huiliu.example`;
}

/** Ends with a sentence when nothing answers, or when the platform behind it is the real one. */
async function demandDemoSystem(url: string): Promise<void> {
  const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
  if (!ready?.ok) throw new Error(`Nothing answers at ${url}/health/ready. Start the system with "npm start" first, or name it with --url.`);
  const simulator = await fetch(`${url}/sim/apps`);
  if (!simulator.ok || !simulator.headers.get('content-type')?.includes('json')) throw new Error(`${url} has no simulated platform (SIMULATOR_URL is not set there), so no story can be told.`);
}

function report(told: Told, { isFirst }: Options): void {
  say('', ...funnelLines(told.figures), '', ...recallLines(told), '', ...checkLines(told.checks));
  if (!isFirst) say('', `  登录查看 Sign in:  ${told.shop.email}  ${told.shop.password}`);
}

function leaveSignIn(file: string, { email, password }: Told['shop']): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.part`, `${JSON.stringify({ email, password })}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.part`, file);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.isHelp) {
    say(HELP);
    return 0;
  }
  const url = addressOf(options);
  await demandDemoSystem(url);
  say(`晨光烘焙：${options.people} 位顾客的一天  A day of the demo shop, ${options.people} customers (seed ${options.seed}) at ${url}`);
  const told = await tell({ url, people: options.people, seed: options.seed, width: options.width, patience: options.patience, emails: emailsFor(options.isFirst) });
  report(told, options);
  if (offOf(told.checks).length > 0) return 1;
  if (options.out) leaveSignIn(options.out, told.shop);
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  console.error(`\nThe demo did not finish: ${error instanceof Error ? error.message : String(error)}${cause}`);
  return 1;
});
