// Runs the steps, keeps going after a failure, and says at the end what was proved and what was not.
import fs from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from '../local/build.mjs';
import { endCommands, PNPM, runLogged } from '../local/commands.mjs';
import { ensureInstalled } from '../local/install.mjs';
import { Screen } from '../local/screen.mjs';
import { readSettings, ROOT } from '../local/settings.mjs';
import { asProblem, Problem } from '../problem.mjs';
import { closingLine, readReport, table, total } from './reports.mjs';
import { chooseSteps, findProgram, PROGRAMS } from './steps.mjs';

const FAILURE_TAIL_LINES = 120;

/** What the steps cannot prove on this machine, in one sentence; undefined when nothing is missing. */
function sayMissing(steps, searchPath) {
  const kinds = new Set(steps.flatMap(({ needs = [], wants = [] }) => [...needs, ...wants]));
  const missing = [...kinds].filter((kind) => !findProgram(kind, searchPath));
  if (missing.length === 0) return undefined;
  const ways = missing.map((kind) => `${PROGRAMS[kind].names[0]} (${PROGRAMS[kind].install})`);
  return `NOT PROVED HERE: this machine has no ${ways.join(' and no ')}; the tests that need it did not run.`;
}

async function runStep(step, { env, screen, dataRoot }) {
  const began = Date.now();
  const name = step.script.replace(':', '-');
  const report = path.join(ROOT, '.reports', `${name}.json`);
  fs.rmSync(report, { force: true });
  const reporters = step.isTest ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
  const outcome = { title: step.title, isPassed: true, counts: undefined, ms: 0 };
  try {
    if (step.needsBuild) await ensureBuilt({ root: ROOT, dataRoot, env, screen });
    await screen.step(step.title, (detail) =>
      runLogged([...PNPM, 'run', step.script, ...reporters], {
        cwd: ROOT,
        env,
        logFile: path.join(ROOT, '.reports', `${name}.log`),
        detail,
        what: step.title,
        tail: FAILURE_TAIL_LINES,
      }),
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    outcome.isPassed = false;
    screen.say(error.message);
  }
  outcome.ms = Date.now() - began;
  if (step.isTest) {
    outcome.counts = readReport(report);
    if (!outcome.counts || outcome.counts.passed + outcome.counts.failed === 0) {
      outcome.isPassed = false;
      screen.say(`${step.title}: no test ran.`);
    }
  }
  return outcome;
}

async function runAll(steps, context) {
  const outcomes = [];
  for (const step of steps) {
    const isMissing = (step.needs ?? []).some((kind) => !findProgram(kind, context.env.PATH));
    if (isMissing) {
      outcomes.push({ title: step.title, isPassed: true, isSkipped: true, ms: 0 });
      continue;
    }
    const outcome = await runStep(step, context);
    outcomes.push(outcome);
    if (step.isFoundation && !outcome.isPassed) break; // nothing after it could mean anything
  }
  return outcomes;
}

async function prove(screen, names) {
  const settings = readSettings([]);
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const { chosen, unknown } = chooseSteps(scripts, names);
  if (unknown.length > 0) throw new Problem(`No step is called ${unknown.join(', ')}.`);
  const missing = sayMissing(chosen, settings.env.PATH);
  if (missing && settings.isCi) throw new Problem(`${missing} With CI=true that is a failure.`);
  await ensureInstalled({ root: ROOT, dataRoot: settings.dataRoot, env: settings.env, screen });
  const outcomes = await runAll(chosen, { env: settings.env, screen, dataRoot: settings.dataRoot });
  screen.say(table(outcomes));
  if (missing) screen.say(`!!! ${missing}\n`);
  return total(outcomes);
}

/** `npm test [-- step …]`. Ends the process: 0 when all that ran has passed, 1 otherwise. */
export async function main() {
  const screen = new Screen();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      endCommands();
      process.exit(130);
    });
  }
  let sum = { passed: 0, failed: 1, skipped: 0 };
  try {
    sum = await prove(screen, process.argv.slice(2));
  } catch (error) {
    const problem = asProblem(error);
    console.error(problem instanceof Problem ? problem.message : problem);
  }
  screen.say(closingLine(sum));
  process.exit(sum.failed > 0 ? 1 : 0);
}
