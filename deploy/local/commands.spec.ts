import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Problem } from '../problem.mjs';
import { runLogged } from './commands.mjs';

const aLog = (): string => path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-commands-')), 'logs', 'step.log');
const PATH = '/usr/bin:/bin';

it('a command that fails is reported with the end of its log', async () => {
  const logFile = aLog();
  const run = runLogged(['sh', '-c', 'echo one; echo two >&2; exit 3'], { cwd: '/', env: { PATH }, logFile, what: 'The step' });
  await expect(run).rejects.toThrow(Problem);
  await expect(run).rejects.toThrow(/The step failed \(sh ended with 3\).*two/s);
  expect(fs.readFileSync(logFile, 'utf8')).toContain('one');
});

it('a command ends with its starter when that is killed with -9', async () => {
  const logFile = aLog();
  const code = `
    import { runLogged } from ${JSON.stringify(new URL('./commands.mjs', import.meta.url).href)};
    await runLogged(['sh', '-c', 'echo $$; sleep 60'], { cwd: '/', env: { PATH: '${PATH}' }, logFile: ${JSON.stringify(logFile)}, what: 'x' });`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  const pidIn = (): number => Number(fs.existsSync(logFile) ? fs.readFileSync(logFile, 'utf8') : 0);
  const until = async (condition: () => boolean): Promise<boolean> => {
    for (let n = 0; n < 400 && !condition(); n += 1) await sleep(25);
    return condition();
  };
  expect(await until(() => pidIn() > 0)).toBe(true);
  const pid = pidIn();
  starter.kill('SIGKILL');
  const isGone = (): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  expect(await until(isGone)).toBe(true);
});
