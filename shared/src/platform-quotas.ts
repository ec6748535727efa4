// The platforms' ceilings on calls, as their documents state them. Counted by us, so that we wait before a platform has to refuse.
// Ceilings per customer (posts a month, messages in a window) are permits of the reach ledger, not calls: they are in reach-rules.

export type QuotaWindow = 'second' | 'minute' | 'hour' | 'day' | 'month';

export interface QuotaRule {
  /** Stable: it is stored with the count. */
  key: string;
  platforms: readonly string[];
  /** Paths that share the ceiling; '*': every path has this one for itself. */
  paths: readonly string[];
  window: QuotaWindow;
  limit: number;
  zh: string;
  en: string;
  /** The platform tells today's real limit and use of this path when asked. */
  isTold?: true;
  /** Where the number comes from: the platform's page of limits, or the default it states for new accounts. */
  source: 'documented' | 'default';
}

const WECHAT = ['wechat_mini_program', 'wechat_official_account'] as const;
const OFFICIAL = ['wechat_official_account'] as const;
const MINI = ['wechat_mini_program'] as const;
const WECOM = ['wecom', 'wechat_kf'] as const;

const rule = (key: string, platforms: readonly string[], paths: readonly string[], [limit, window, zh, en]: [number, QuotaWindow, string, string]): QuotaRule => ({ key, platforms, paths, window, limit, zh, en, source: 'documented' });
/** A default that the platform raises for larger accounts and tells when asked. */
const told = (...given: Parameters<typeof rule>): QuotaRule => ({ ...rule(...given), isTold: true, source: 'default' });

const SCHEME = '/wxa/generatescheme';
const URL_LINK = '/wxa/generate_urllink';
const MASS = ['/cgi-bin/message/mass/sendall', '/cgi-bin/message/mass/send'];

export const QUOTA_RULES: readonly QuotaRule[] = [
  rule('token.minute', WECHAT, ['/cgi-bin/stable_token'], [10_000, 'minute', '获取凭证（每分钟）', 'Fetching tokens (a minute)']),
  rule('token.day', WECHAT, ['/cgi-bin/stable_token'], [500_000, 'day', '获取凭证', 'Fetching tokens']),
  rule('old_token.day', WECHAT, ['/cgi-bin/token'], [2_000, 'day', '获取凭证（旧接口）', 'Fetching tokens (old interface)']),
  rule('clear.month', WECHAT, ['/cgi-bin/clear_quota', '/cgi-bin/clear_quota/v2'], [10, 'month', '接口次数清零', 'Resetting quotas']),
  rule('clear_one.month', WECHAT, ['/cgi-bin/openapi/quota/clear'], [50, 'month', '单个接口清零', 'Resetting one interface']),
  told('subscribe_send.day', MINI, ['/cgi-bin/message/subscribe/send'], [10_000_000, 'day', '发送订阅消息', 'Sending subscription messages']),
  told('kf_send.day', WECHAT, ['/cgi-bin/message/custom/send'], [500_000, 'day', '发送客服消息', 'Sending customer-service messages']),
  told('template_send.day', OFFICIAL, ['/cgi-bin/message/template/send'], [100_000, 'day', '发送模板消息', 'Sending template messages']),
  told('mass.day', OFFICIAL, MASS, [100, 'day', '群发', 'Posts']),
  rule('mass.minute', OFFICIAL, MASS, [60, 'minute', '群发（每分钟）', 'Posts (a minute)']),
  told('media_upload.day', WECHAT, ['/cgi-bin/media/upload'], [100_000, 'day', '上传素材', 'Uploading media']),
  told('media_get.day', WECHAT, ['/cgi-bin/media/get'], [200_000, 'day', '下载素材', 'Downloading media']),
  told('scene_code.day', OFFICIAL, ['/cgi-bin/qrcode/create'], [100_000, 'day', '生成渠道二维码', 'Making scene codes']),
  told('followers.day', OFFICIAL, ['/cgi-bin/user/get'], [500, 'day', '读取粉丝列表', 'Listing followers']),
  told('follower.day', OFFICIAL, ['/cgi-bin/user/info'], [5_000_000, 'day', '读取粉丝资料', 'Reading followers']),
  told('remark.day', OFFICIAL, ['/cgi-bin/user/info/updateremark'], [10_000, 'day', '修改粉丝备注', 'Changing remarks']),
  told('menu_create.day', OFFICIAL, ['/cgi-bin/menu/create'], [1_000, 'day', '发布菜单', 'Publishing menus']),
  told('menu_get.day', OFFICIAL, ['/cgi-bin/menu/get'], [10_000, 'day', '读取菜单', 'Reading menus']),
  told('menu_delete.day', OFFICIAL, ['/cgi-bin/menu/delete'], [1_000, 'day', '删除菜单', 'Deleting menus']),
  told('menu_add_conditional.day', OFFICIAL, ['/cgi-bin/menu/addconditional'], [2_000, 'day', '发布个性化菜单', 'Publishing conditional menus']),
  told('menu_delete_conditional.day', OFFICIAL, ['/cgi-bin/menu/delconditional'], [2_000, 'day', '删除个性化菜单', 'Deleting conditional menus']),
  told('menu_try.day', OFFICIAL, ['/cgi-bin/menu/trymatch'], [20_000, 'day', '测试个性化菜单', 'Testing conditional menus']),
  told('draft_add.day', OFFICIAL, ['/cgi-bin/draft/add'], [1_000, 'day', '新建草稿', 'Making drafts']),
  told('publish.day', OFFICIAL, ['/cgi-bin/freepublish/submit'], [100, 'day', '发布文章', 'Publishing articles']),
  rule('web_user.minute', OFFICIAL, ['/sns/userinfo'], [50_000, 'minute', '网页授权读取资料（每分钟）', 'Reading people at web login (a minute)']),
  rule('mini_code.minute', MINI, ['/wxa/getwxacodeunlimit'], [5_000, 'minute', '生成小程序码（每分钟）', 'Making mini-program codes (a minute)']),
  rule('scheme.second', MINI, [SCHEME], [100, 'second', '生成 URL Scheme（每秒）', 'Making URL schemes (a second)']),
  rule('url_link.second', MINI, [URL_LINK], [100, 'second', '生成 URL Link（每秒）', 'Making URL links (a second)']),
  rule('links.day', MINI, [SCHEME, URL_LINK], [500_000, 'day', '生成链接', 'Making links']),
  rule('short_link.day', MINI, ['/wxa/genwxashortlink'], [10_000_000, 'day', '生成短链接', 'Making short links']),
  rule('wecom.minute', WECOM, ['*'], [10_000, 'minute', '企业微信接口（每分钟）', 'WeCom interface (a minute)']),
  rule('wecom.hour', WECOM, ['*'], [150_000, 'hour', '企业微信接口（每小时）', 'WeCom interface (an hour)']),
  rule('wecom_image.day', WECOM, ['/cgi-bin/media/uploadimg'], [1_000, 'day', '上传图片', 'Uploading pictures']),
  rule('wecom_image.month', WECOM, ['/cgi-bin/media/uploadimg'], [3_000, 'month', '上传图片（每月）', 'Uploading pictures (a month)']),
  rule('moments.minute', WECOM, ['/cgi-bin/externalcontact/add_moment_task'], [10, 'minute', '发布朋友圈（每分钟）', 'Moments (a minute)']),
  rule('moments.month', WECOM, ['/cgi-bin/externalcontact/add_moment_task'], [100_000, 'month', '发布朋友圈（每月）', 'Moments (a month)']),
  rule('union_convert.hour', WECOM, ['/cgi-bin/idconvert/unionid_to_external_userid'], [100_000, 'hour', '转换客户身份（每小时）', 'Converting ids (an hour)']),
  rule('union_convert.day', WECOM, ['/cgi-bin/idconvert/unionid_to_external_userid'], [480_000, 'day', '转换客户身份', 'Converting ids']),
  rule('union_convert.month', WECOM, ['/cgi-bin/idconvert/unionid_to_external_userid'], [7_500_000, 'month', '转换客户身份（每月）', 'Converting ids (a month)']),
];

const CHINA_MS = 8 * 3_600_000; // the platforms' day is China's, which has no summer time
const LENGTH: Record<Exclude<QuotaWindow, 'month'>, number> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** When the window around this moment began. */
export function windowStart(window: QuotaWindow, at: Date): Date {
  const local = at.getTime() + CHINA_MS;
  if (window !== 'month') return new Date(local - (local % LENGTH[window]) - CHINA_MS);
  const day = new Date(local);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1) - CHINA_MS);
}

/** When the window that began then is over, and the ceiling comes back. */
export function windowEnd(window: QuotaWindow, start: Date): Date {
  if (window !== 'month') return new Date(start.getTime() + LENGTH[window]);
  const day = new Date(start.getTime() + CHINA_MS);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1) - CHINA_MS);
}

// A few calls in a row are no trend: below this share of the ceiling no storm is forecast.
const FORECAST_FROM = 0.2;

/** When a ceiling is reached if it goes on like this; undefined when it comes back before, nothing moves, or too little was used to tell. */
export function runsOutAt(state: { used: number; limit: number; markUsed: number; markAt: Date; resetsAt: Date }, now: Date): Date | undefined {
  if (state.used >= state.limit) return now;
  const elapsed = now.getTime() - state.markAt.getTime();
  const pace = (state.used - state.markUsed) / Math.max(elapsed, 1);
  if (elapsed < 5_000 || pace <= 0 || state.used < state.limit * FORECAST_FROM) return undefined;
  const at = new Date(now.getTime() + (state.limit - state.used) / pace);
  return at < state.resetsAt ? at : undefined;
}
