import { useI18n } from 'vue-i18n';

/** Texts for keys that the server may add to: an unknown key reads as the group's `other`. */
export function useKnownText(group: string): (key: string | null | undefined) => string {
  const { t, te, fallbackLocale } = useI18n();
  return (key) => {
    const path = `${group}.${key ?? 'other'}`;
    return te(path) || te(path, String(fallbackLocale.value)) ? t(path) : t(`${group}.other`);
  };
}
