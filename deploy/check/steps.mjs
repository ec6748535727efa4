// The steps of `npm test` in their order. Each is a script of the root package.json, so each also runs alone.
import fs from 'node:fs';
import path from 'node:path';

/**
 * `script` is the name in package.json; `isTest` says that vitest counts its tests; `needsBuild` that it drives the built
 * product; `needs` names programs without which the step cannot run at all; `wants` ones without which it proves less.
 */
export const STEPS = [
  { title: 'Generated types', script: 'codegen', isFoundation: true },
  { title: 'Lint', script: 'lint' },
  { title: 'Format', script: 'format:check', isOptional: true },
  { title: 'Types', script: 'types' },
  { title: 'Import rules', script: 'depcruise' },
  { title: 'Unit', script: 'test:unit', isTest: true },
  { title: 'Database', script: 'test:db', isTest: true, needsBuild: true, wants: ['redis'] },
  { title: 'Contract', script: 'test:contract', isTest: true, needsBuild: true, wants: ['redis'] },
  { title: 'API stories', script: 'test:e2e', isTest: true, needsBuild: true },
  { title: 'Invariants', script: 'test:invariants', isTest: true, needsBuild: true, isOptional: true },
  { title: 'Browser', script: 'test:browser', isTest: true, needsBuild: true, needs: ['chromium'] },
];

/** Programs that some steps need, the names they go by, and how to get them on Debian. */
export const PROGRAMS = {
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], install: 'apt-get install chromium fonts-noto-cjk' },
  redis: { names: ['redis-server'], install: 'apt-get install redis-server' },
};

/** Full path of a program on this machine, or undefined. */
export function findProgram(kind, searchPath) {
  const folders = [...(searchPath ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin', '/usr/sbin'].filter(Boolean);
  for (const name of PROGRAMS[kind].names) {
    const found = folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
    if (found) return found;
  }
  return undefined;
}

/** The steps to run: all, or those whose script's last word (`unit`, `db`, `lint`, …) is among the names. */
export function chooseSteps(scripts, names) {
  const short = ({ script }) => script.split(':').at(-1);
  const known = STEPS.filter((step) => step.script in scripts || !step.isOptional);
  const chosen = names.length === 0 ? known : known.filter((step) => names.includes(step.script) || names.includes(short(step)));
  const unknown = names.filter((name) => !chosen.some((step) => step.script === name || short(step) === name));
  return { chosen, unknown };
}
