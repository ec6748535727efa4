/** What a person's id is called at this kind of account: an id of the company's (WeCom and its customer service), or of the account itself. */
export const identityKindOf = (platform: string): string => (platform === 'wecom' || platform === 'wechat_kf' ? 'external_userid' : 'openid');
