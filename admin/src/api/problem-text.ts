// From a problem to the sentence a merchant reads. The server's own message is never shown.
import { useI18n } from 'vue-i18n';
import type { Problem } from './problem.ts';

interface Texts {
  t: (key: string, named: Record<string, unknown>) => string;
  te: (key: string) => boolean;
  locale: string;
}

/** The first of the problem's keys that has a sentence: the most exact one wins. */
export function problemKeys(problem: Problem): string[] {
  if (problem.kind === 'refusal') return [`refusals.${problem.code}`, 'refusals.other'];
  const { problem: cause, what } = problem.details;
  return [`invalid.${String(cause)}`, `errors.${problem.code}_${String(what)}`, `errors.${problem.code}`, 'errors.INTERNAL'];
}

/** Content rules (a template's field, for example) come with their own sentence in both languages. */
function ownSentence({ details }: Problem, locale: string): string | undefined {
  const sentence = details[locale === 'en' ? 'en' : 'zh'];
  return typeof sentence === 'string' ? sentence : undefined;
}

/** The label of the field an INVALID error is about: the last name in its path that we know. */
function fieldKey({ code, details }: Problem, te: Texts['te']): string | undefined {
  if (code !== 'INVALID' || typeof details['field'] !== 'string') return undefined;
  const names = details['field'].split(/[^A-Za-z]+/u).reverse();
  return names.map((name) => `fields.${name}`).find((key) => te(key));
}

export function problemText(problem: Problem, { t, te, locale }: Texts): string {
  const key = problemKeys(problem).find((candidate) => te(candidate)) ?? 'errors.INTERNAL';
  const text = ownSentence(problem, locale) ?? t(key, problem.details);
  const field = key.startsWith('invalid.') ? fieldKey(problem, te) : undefined;
  return field ? t('invalid.named', { field: t(field, {}), text }) : text;
}

export function useProblemText(): (problem: Problem) => string {
  const { t, te, locale, fallbackLocale } = useI18n();
  const known = (key: string): boolean => te(key) || te(key, String(fallbackLocale.value));
  return (problem) => problemText(problem, { t: (key, named) => t(key, named), te: known, locale: locale.value });
}
