// From a problem to the sentence a merchant reads. The server's own message is never shown.
import { useI18n } from 'vue-i18n';
import type { Problem } from './problem.ts';

interface Texts {
  t: (key: string, named: Record<string, unknown>) => string;
  te: (key: string) => boolean;
}

/** The first of the problem's keys that has a sentence: the most exact one wins. */
export function problemKeys(problem: Problem): string[] {
  if (problem.kind === 'refusal') return [`refusals.${problem.code}`, 'refusals.other'];
  const { problem: cause, what } = problem.details;
  return [`invalid.${String(cause)}`, `errors.${problem.code}_${String(what)}`, `errors.${problem.code}`, 'errors.INTERNAL'];
}

export function problemText(problem: Problem, { t, te }: Texts): string {
  const key = problemKeys(problem).find((candidate) => te(candidate)) ?? 'errors.INTERNAL';
  return t(key, problem.details);
}

export function useProblemText(): (problem: Problem) => string {
  const { t, te, fallbackLocale } = useI18n();
  const known = (key: string): boolean => te(key) || te(key, String(fallbackLocale.value));
  return (problem) => problemText(problem, { t: (key, named) => t(key, named), te: known });
}
