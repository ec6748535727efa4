import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { showLocale } from '../i18n.ts';

/** The other language's name and a verb to switch to it. */
export function useLocaleSwitch(): { short: ComputedRef<string>; label: ComputedRef<string>; toggle: () => void } {
  const { locale } = useI18n();
  const isEnglish = computed(() => locale.value === 'en');
  return {
    short: computed(() => (isEnglish.value ? '中' : 'EN')),
    label: computed(() => (isEnglish.value ? '中 · 切换到中文' : 'EN · Switch to English')),
    toggle: () => void showLocale(isEnglish.value ? 'zh-CN' : 'en'),
  };
}
