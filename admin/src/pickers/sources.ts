/** Where people may come from; any other key is shown as it is. Names: locales sources.<key>. */
export const SOURCES = [
  'shop_qr', 'receipt_qr', 'package_card', 'jd_search', 'jd_shop', 'taobao', 'meituan', 'douyin_ad', 'douyin_video', 'kuaishou',
  'xiaohongshu', 'wechat_moments', 'wechat_group', 'official_account', 'friend', 'other',
] as const;

export function sourceName(key: string, texts: { t: (key: string) => string; te: (key: string) => boolean }): string {
  return texts.te(`sources.${key}`) ? texts.t(`sources.${key}`) : key;
}
