import { useI18n } from 'vue-i18n';
import { formatCount, formatDay, formatDistance, formatInstant, formatMoney, formatShare } from './format.ts';
import { useZone } from './useZone.ts';

export interface Format {
  count: (value: number) => string;
  money: (fen: number) => string;
  share: (part: number, whole: number) => string;
  instant: (iso: string) => string;
  day: (iso: string) => string;
  distance: (iso: string) => string;
}

/** Formats in the shown language and the merchant's zone. */
export function useFormat(): Format {
  const { locale } = useI18n();
  const zone = useZone();
  const where = () => ({ locale: locale.value, zone: zone.value });
  return {
    count: (value) => formatCount(value, locale.value),
    money: (fen) => formatMoney(fen, locale.value),
    share: formatShare,
    instant: (iso) => formatInstant(iso, where()),
    day: (iso) => formatDay(iso, where()),
    distance: (iso) => formatDistance(iso, locale.value),
  };
}
