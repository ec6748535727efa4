// Two languages, each one chunk, loaded when chosen. A locale file per feature; its name is the key's first part.
import { createI18n } from 'vue-i18n';

export const LOCALES = ['zh-CN', 'en'] as const;
export type AppLocale = (typeof LOCALES)[number];
const KEY = 'huiliu.locale';

export const i18n = createI18n({ legacy: false, locale: 'zh-CN' as string, fallbackLocale: 'zh-CN', missingWarn: false, fallbackWarn: false, messages: {} });

const loaders: Record<AppLocale, () => Promise<{ default: Record<string, unknown> }>> = {
  'zh-CN': () => import('./locales/zh-CN/index.ts'),
  en: () => import('./locales/en/index.ts'),
};

const isLocale = (value: string | null): value is AppLocale => LOCALES.some((locale) => locale === value);

/** The person's earlier choice; Chinese for everybody else. */
export function chosenLocale(): AppLocale {
  const stored = localStorage.getItem(KEY);
  return isLocale(stored) ? stored : 'zh-CN';
}

/** Loads a language if needed, shows it, and remembers it. */
export async function showLocale(locale: AppLocale): Promise<void> {
  const messages = await loaders[locale]();
  i18n.global.setLocaleMessage(locale, messages.default as never);
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
  localStorage.setItem(KEY, locale);
}
