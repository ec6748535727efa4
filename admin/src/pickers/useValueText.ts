import { fieldProblemText } from '@huiliu/shared';
import { useI18n } from 'vue-i18n';
import type { ValueProblem } from './message-values.ts';

/** The sentence under a field that the platform would refuse. */
export function useValueText(): (problem: ValueProblem) => string {
  const { t, locale } = useI18n();
  return (problem) => {
    if (problem.kind === 'field') return fieldProblemText(problem.problem, locale.value === 'en' ? 'en' : 'zh');
    return problem.problem.problem === 'unknown_variable'
      ? t('pickers.fields.unknownVariable', { name: problem.problem.variable })
      : t('pickers.fields.badBraces', { near: problem.problem.near });
  };
}
