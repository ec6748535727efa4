import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { closingLine, readReport, total } from './reports.mjs';
import { chooseSteps, STEPS } from './steps.mjs';

describe('the sum of npm test', () => {
  const tests = (passed: number, failed = 0, skipped = 0) => ({ isPassed: failed === 0, counts: { passed, failed, skipped } });

  it('adds up the tests of all steps', () => {
    expect(closingLine(total([tests(3), { isPassed: true }, tests(4)]))).toBe('7 passed, 0 failed');
  });

  it('names skipped tests only when there are some', () => {
    expect(closingLine(total([tests(3, 0, 2)]))).toBe('3 passed, 0 failed, 2 skipped');
  });

  it('counts a failed step that has no tests as one failure', () => {
    expect(total([tests(3), { isPassed: false }])).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('never hides a step that failed although each of its tests passed', () => {
    expect(total([{ isPassed: false, counts: { passed: 5, failed: 0, skipped: 0 } }]).failed).toBe(1);
  });
});

describe('a report of vitest', () => {
  const report = (content: string): string => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'huiliu-report-')), 'unit.json');
    fs.writeFileSync(file, content);
    return file;
  };

  it('counts a file that could not be loaded as a failure', () => {
    const file = report(
      JSON.stringify({
        numPassedTests: 2,
        numFailedTests: 0,
        numPendingTests: 1,
        testResults: [
          { status: 'passed', assertionResults: [{ status: 'passed' }] },
          { status: 'failed', assertionResults: [] },
        ],
      }),
    );
    expect(readReport(file)).toEqual({ passed: 2, failed: 1, skipped: 1 });
  });

  it('is nothing when it is missing or cut off', () => {
    expect(readReport('/nowhere/unit.json')).toBeUndefined();
    expect(readReport(report('{"numPassedTests":'))).toBeUndefined();
  });
});

describe('the steps of npm test', () => {
  const { scripts } = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { scripts: Record<string, string> };

  it('are all scripts of package.json, but for the optional ones', () => {
    const missing = STEPS.filter(({ script, isOptional }) => !isOptional && !(script in scripts));
    expect(missing).toEqual([]);
  });

  it('cover every test:* script there is', () => {
    const tests = Object.keys(scripts).filter((name) => name.startsWith('test:'));
    expect(tests.filter((name) => !STEPS.some(({ script }) => script === name))).toEqual([]);
  });

  it('can be chosen by their short names', () => {
    expect(chooseSteps(scripts, ['unit', 'lint']).chosen.map(({ script }) => script)).toEqual(['lint', 'test:unit']);
    expect(chooseSteps(scripts, ['untit']).unknown).toEqual(['untit']);
  });
});
