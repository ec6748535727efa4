// `npm start` from the first check to the last line, and the way back down.
import path from 'node:path';
import { asProblem, Problem } from '../problem.mjs';
import { ensureBuilt } from './build.mjs';
import { endCommands, runLogged } from './commands.mjs';
import { databaseIdentity, startDatabase } from './database.mjs';
import { playDemo, readDemo } from './demo.mjs';
import { ensureInstalled, shippedNode } from './install.mjs';
import { clearLeftovers, takeLock } from './lock.mjs';
import { ensureSecretKey, plans, productEnv, SCRIPTS } from './plans.mjs';
import { demandFreePort, demandReachable, keptPort } from './ports.mjs';
import { Processes } from './processes.mjs';
import { box, Screen } from './screen.mjs';
import { readSettings, ROOT, usage } from './settings.mjs';
import { watch } from './watch.mjs';

const PARENT_CHECK_MS = 1000;

/** Everything that a stop has to undo, in the order of undoing. */
class Session {
  constructor(screen) {
    this.screen = screen;
    this.processes = undefined;
    this.postgres = undefined;
    this.demo = undefined;
    this.lock = undefined;
    this.stopping = undefined;
    this.stoppedAt = 0;
  }

  /** Stops once, whoever asks; a second wish after a while is taken as impatience. */
  stop(reason, code) {
    if (this.stopping) {
      if (reason === 'signal' && Date.now() - this.stoppedAt > 1500) this.processes?.kill();
      return this.stopping;
    }
    this.stoppedAt = Date.now();
    this.stopping = this.undo(reason === 'signal').then(
      () => process.exit(code),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
    return this.stopping;
  }

  async undo(isSaid) {
    if (isSaid) this.screen.say('\nStopping…');
    endCommands();
    this.demo?.kill('SIGTERM');
    await this.processes?.stop();
    await this.postgres?.then((postgres) => postgres.stop(), () => {});
    this.lock?.release();
    if (isSaid) this.screen.say('Stopped; nothing is left running.');
  }
}

function listen(session, settings) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => session.stop('signal', 0));
  const parent = process.ppid;
  // npm killed with -9 cannot tell us: its going away must not leave everything running behind a closed terminal
  if (settings.isUnderNpm) setInterval(() => process.ppid !== parent && session.stop('parent', 1), PARENT_CHECK_MS).unref();
}

async function startProduct(session, settings, screen) {
  const { dataRoot, env, host, port } = settings;
  if (!env.SECRET_KEY) ensureSecretKey(settings);
  const databaseUrl = await startDatabase({ session, settings, screen, fail: (error) => fail(session, screen, error) });
  const simulatorPort = settings.hasSimulator ? await keptPort(dataRoot, 'simulator') : undefined;
  // what the simulated phones have seen belongs to one database
  const simulatorState = path.join(dataRoot, `simulator-${databaseIdentity(settings)}.json`);
  const full = productEnv({ root: ROOT, env, host, port, databaseUrl, simulatorPort, dataRoot });
  session.processes = new Processes({
    root: ROOT,
    dataRoot,
    onChange: (children) => session.lock.note(children),
    onFatal: (problem) => fail(session, screen, problem),
    say: (text) => screen.say(text),
  });
  const all = plans({ env: full, port, simulatorPort, simulatorState });
  // the simulator needs no database: it comes up while the schema is looked at
  for (const plan of all.filter(({ name }) => name === 'simulator')) session.processes.start(plan);
  const migrate = [shippedNode(ROOT), path.join(ROOT, SCRIPTS.migrate)];
  await screen.step('Migrating the database', (detail) =>
    runLogged(migrate, { cwd: ROOT, env: full, logFile: path.join(dataRoot, 'logs', 'migrate.log'), detail, what: 'Migrating the database' }),
  );
  await screen.step('Starting API, worker and simulator', async (detail) => {
    for (const plan of all.filter(({ name }) => name !== 'simulator')) session.processes.start(plan);
    await session.processes.waitUntilReady(`http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/health/ready`, detail);
  });
  return full;
}

function announce(screen, { url, demo, isDemoBroken }) {
  const signIn = demo ? [`Sign in:  ${demo.email}  ${demo.password}`] : ['No demo shop: create your own account there.'];
  screen.say('');
  screen.say(box([`回流 Huiliu is running at  ${url}`, '', ...signIn, '', 'Ctrl-C stops everything.']));
  if (isDemoBroken) screen.say('The demo story did not finish; the lines above say why. Repeat it with: npm run demo');
}

function fail(session, screen, error) {
  if (session.stopping) return undefined;
  screen.say('');
  const problem = asProblem(error);
  console.error(problem instanceof Problem ? problem.message : problem);
  return session.stop('fatal', 1);
}

async function run(session, screen, { isWatching }) {
  const settings = readSettings();
  if (settings.isHelp) {
    screen.say(usage());
    return;
  }
  const { dataRoot, env, host, port } = settings;
  const url = env.PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  listen(session, settings);
  const lock = takeLock(dataRoot, url);
  session.lock = lock;
  await clearLeftovers(lock.children, (text) => screen.say(text));
  await demandFreePort(port, host);
  if (settings.databaseUrl) await demandReachable('DATABASE_URL', settings.databaseUrl, 'Without DATABASE_URL, npm start brings its own PostgreSQL.');
  if (env.REDIS_URL) await demandReachable('REDIS_URL', env.REDIS_URL, 'Without REDIS_URL, the queue lives in PostgreSQL.');
  await ensureInstalled({ root: ROOT, dataRoot, env, screen });
  await ensureBuilt({ root: ROOT, dataRoot, env, screen });
  const full = await startProduct(session, settings, screen);
  const isDemoDue = settings.hasDemo && settings.hasSimulator && !readDemo(settings);
  const isPlayed = !isDemoDue || (await playDemo({ root: ROOT, settings, env: full, onChild: (child) => (session.demo = child) }));
  if (!session.stopping) announce(screen, { url, demo: readDemo(settings), isDemoBroken: !isPlayed });
  if (isWatching) watch({ root: ROOT, dataRoot, env, screen, processes: session.processes });
}

/** Starts everything and keeps it running until a signal, a fatal end of a process, or the end of npm. */
export async function start({ isWatching = false } = {}) {
  const screen = new Screen();
  const session = new Session(screen);
  try {
    await run(session, screen, { isWatching });
  } catch (error) {
    await fail(session, screen, error);
  }
}
