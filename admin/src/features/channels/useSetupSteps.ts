import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';

/** The names of the wizard's steps. */
export function useSetupSteps(): ComputedRef<string[]> {
  const { t } = useI18n();
  return computed(() => ['credentials', 'callback', 'check'].map((step) => t(`channels.connect.steps.${step}`)));
}
