// Counts tests from vitest's JSON reports, and prints the table and the closing line.
import fs from 'node:fs';

/** `{passed, failed, skipped}` of one report; undefined when vitest wrote none, that is, ran nothing. */
export function readReport(file) {
  try {
    const report = JSON.parse(fs.readFileSync(file, 'utf8'));
    const brokenFiles = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + brokenFiles.length, // a file that does not even load has failed too
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    };
  } catch {
    return undefined;
  }
}

/**
 * Adds up the outcomes. A failed step always shows in `failed`, also when it has no tests or its tests all passed.
 * @param {{isPassed: boolean, isSkipped?: boolean, counts?: {passed: number, failed: number, skipped: number}}[]} outcomes
 */
export function total(outcomes) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { isPassed, counts } of outcomes) {
    sum.passed += counts?.passed ?? 0;
    sum.failed += isPassed ? 0 : Math.max(1, counts?.failed ?? 0);
    sum.skipped += counts?.skipped ?? 0;
  }
  return sum;
}

/** One line per step: mark, title, tests, time. */
export function table(outcomes) {
  const rows = outcomes.map(({ title, isPassed, isSkipped, counts, ms }) => {
    const mark = isSkipped ? '–' : isPassed ? '✓' : '✗';
    const tests = counts ? `${counts.passed} passed${counts.failed ? `, ${counts.failed} failed` : ''}${counts.skipped ? `, ${counts.skipped} skipped` : ''}` : '';
    const time = isSkipped ? 'not run' : `${(ms / 1000).toFixed(1)} s`;
    return `${mark} ${title.padEnd(18)}${tests.padEnd(34)}${time}`;
  });
  return ['', ...rows, ''].join('\n');
}

/** The closing line, alone on its line. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
