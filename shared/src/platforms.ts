// Platform ids and what each can do for us. A capability here says that an adapter exists, not that a merchant has it.

export const platforms = {
  wechat_mini_program: { zh: '微信小程序', en: 'WeChat mini program', subscriptions: true, windows: true, canBeConnected: true },
  wechat_official_account: { zh: '微信公众号', en: 'WeChat official account', subscriptions: true, windows: true, canBeConnected: true },
  wecom: { zh: '企业微信', en: 'WeCom', subscriptions: false, windows: false, canBeConnected: true },
  wechat_kf: { zh: '微信客服', en: 'WeChat Customer Service', subscriptions: false, windows: true, canBeConnected: true },
  h5: { zh: '网页', en: 'Web page', subscriptions: false, windows: false, canBeConnected: false },
} as const;
export type Platform = keyof typeof platforms;
