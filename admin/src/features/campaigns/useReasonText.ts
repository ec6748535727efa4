import { PLATFORM_PROBLEMS, platformProblem } from '@huiliu/shared';
import { useI18n } from 'vue-i18n';
import { useKnownText } from '../../pickers/useKnownText.ts';

/** Why a message was not sent: our own reasons, else the platform's cause and remedy, else "other". */
export function useReasonText(): (reason: string | null | undefined) => { what: string; todo: string } {
  const { te, t, locale } = useI18n();
  const known = useKnownText('messages.reasons');
  return (reason) => {
    const key = reason ?? 'other';
    if (!te(`messages.reasons.${key}`) && Object.hasOwn(PLATFORM_PROBLEMS, key)) return platformProblem(key)[locale.value === 'en' ? 'en' : 'zh'];
    return { what: known(key), todo: te(`campaigns.todo.${key}`) ? t(`campaigns.todo.${key}`) : '' };
  };
}
