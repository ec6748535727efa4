// What a merchant reads when a platform says no: the cause, and what to do about it. The key comes with the
// API's answer; the platform's own code and words stay in the log.

import { WECHAT_PROBLEMS } from './platform-errors-wechat.ts';
import { type PlatformProblemText, say } from './platform-sentence.ts';

export type { PlatformProblemText, Sentence } from './platform-sentence.ts';

export const PLATFORM_PROBLEMS = {
  ...WECHAT_PROBLEMS,
  // The account and its credentials
  app_id_wrong: say('AppID 不对', '到微信公众平台「开发管理」复制 AppID，重新填写', 'The AppID is wrong', 'Copy it from the development settings of the mini program and enter it again'),
  app_secret_wrong: say('AppSecret 不对或已被重置', '到微信公众平台「开发管理」重置 AppSecret，把新的填进来', 'The AppSecret is wrong or was reset', 'Reset it in the development settings of the mini program and enter the new one'),
  app_secret_frozen: say('AppSecret 已被冻结', '到微信公众平台解冻 AppSecret 后再试', 'The AppSecret is frozen', 'Unfreeze it in the WeChat console, then try again'),
  ip_not_allowed: say('服务器 IP 不在微信的白名单里', '到微信公众平台「开发管理 → IP 白名单」加入我们的服务器 IP', 'Our server is not on the IP allow-list', 'Add its address in the development settings under IP allow-list'),
  ip_needs_confirmation: say('微信在等管理员确认这次接入', '请小程序管理员在微信里点确认，然后重试', 'WeChat is waiting for an administrator to confirm this server', 'Ask the administrator to confirm in WeChat, then try again'),
  ip_refused: say('管理员拒绝了这台服务器，微信会限制一段时间', '与管理员沟通，1 到 24 小时后再试', 'An administrator refused this server; WeChat blocks it for a while', 'Talk to the administrator and try again in 1 to 24 hours'),
  account_banned: say('账号的接口权限被微信封禁', '到微信公众平台「通知中心」查看原因并申诉', 'WeChat has banned the account from this interface', 'See the reason in the notice centre of the WeChat console and appeal'),
  subscription_banned: say('订阅消息能力被微信封禁', '到微信公众平台「通知中心」查看违规原因；解封前请改用其他渠道', 'WeChat has banned subscription messages of this account', 'See the reason in the notice centre; use another channel until it is lifted'),
  no_permission: say('账号没有这个接口的权限', '确认小程序已认证，并已开通对应的能力', 'The account has no right to this interface', 'Check that the mini program is verified and has this ability switched on'),
  authorization_gone: say('商户对我们的授权已失效', '请重新授权这个账号', 'The authorisation of this account has ended', 'Authorise the account again'),
  authorization_revoked: say('商户取消了对我们的授权，已停止发送', '到渠道页点「扫码重新授权」', 'The merchant took back the authorisation; nothing is sent', 'Scan the code on the channel page again'),
  platform_app_not_ready: say('第三方平台还没有收到微信的验证票据', '等几分钟再试；如果一直这样，请服务器的运维检查第三方平台的推送地址', 'The third-party platform has not received a ticket from WeChat yet', 'Try again in a few minutes; if it goes on, whoever runs this server should check the push address of the platform'),
  token_invalid: say('访问凭证已失效，系统会自动换新', '不用处理；如果一直出现，请检查 AppSecret 有没有被重置', 'The access token has run out; a new one is fetched automatically', 'Nothing to do; if it goes on, check whether the AppSecret was reset'),
  // The person
  no_permit: say('客户没有订阅，或订阅次数已用完', '等客户下次同意订阅后再发，或改走其他渠道', 'The customer has not subscribed or no send is left', 'Send again once they accept, or use another channel'),
  window_closed: say('客户超过 48 小时没有互动，会话窗口已关闭', '等客户再来消息，或改用订阅消息', 'The customer has been silent for 48 hours; the service window is closed', 'Wait for their next message, or use a subscription message'),
  window_used_up: say('这个会话窗口的条数已用完', '等客户再来消息后再发', 'All messages of this service window are used', 'Wait until the customer writes again'),
  unknown_person: say('这个客户不属于这个小程序', '确认客户是从这个小程序来的', 'This customer does not belong to this mini program', 'Check which mini program the customer came from'),
  person_blocked: say('客户关闭了消息或受微信保护', '不要再给这位客户发送', 'The customer switched messages off or is protected by WeChat', 'Do not send to this customer again'),
  // Login
  code_invalid: say('登录凭证无效或已过期', '请客户重新打开小程序', 'The login code is invalid or has run out', 'Ask the customer to open the mini program again'),
  code_used: say('登录凭证已被用过', '请客户重新打开小程序', 'The login code was used already', 'Ask the customer to open the mini program again'),
  snapshot_user: say('客户在“快照页”里打开，微信没有给出真实身份', '请客户点右下角「使用完整服务」后再试', 'The page was opened as a snapshot, and WeChat hides who it is', 'Ask the customer to switch to the full page, then try again'),
  // Template and content
  template_wrong: say('消息模板不存在或已删除', '到渠道页点「同步模板」，再重新选择模板', 'The template does not exist or was deleted', 'Sync the templates on the channel page and choose again'),
  template_limit: say('消息模板数量已到上限', '到微信公众平台删掉不用的模板', 'The account has as many templates as it may', 'Delete one that is not used in the WeChat console'),
  template_restricted: say('这个模板被微信限制使用', '换一个模板', 'WeChat restricts this template', 'Choose another template'),
  content_rule: say('有字段不符合模板规则', '按提示修改该字段的内容后重发', 'A field breaks the rules of the template', 'Change the field as shown, then send again'),
  content_forbidden: say('内容含有微信禁止的词', '修改文案，去掉营销、诱导或敏感词', 'The content has words that WeChat forbids', 'Rewrite it without promotional, inducing or sensitive words'),
  content_too_long: say('内容太长', '请缩短内容', 'The content is too long', 'Shorten it'),
  media_invalid: say('图片或素材已失效', '重新上传素材', 'The picture or media has run out', 'Upload it again'),
  page_missing: say('小程序里没有这个页面，或还没有发布', '检查页面路径，并先发布小程序', 'The page does not exist in the released mini program', 'Check its path and release the mini program first'),
  // WeCom
  wecom_refused: say('企业微信没有接受这次操作', '看平台原话，检查内容和员工范围后重试', 'WeCom did not accept this', 'Read its own words, check the content and the employees concerned, then try again'),
  wecom_corp_wrong: say('企业 ID 或 AgentId 不对', '到企业微信管理后台「我的企业」复制企业 ID，到应用页复制 AgentId，重新填写', 'The corp id or the AgentId is wrong', 'Copy the corp id from "My enterprise" and the AgentId from the page of the app in the WeCom console'),
  wecom_not_granted: say('这个应用没有客户联系的接口权限', '到企业微信管理后台「客户联系 → API」，把这个应用加到“可调用接口的应用”', 'The app may not use the customer-contact interface', 'In the WeCom console, under customer contact > API, add this app to those that may call it'),
  wecom_domain: say('应用的可信域名没有设置好', '到企业微信管理后台的应用页设置可信域名，并完成归属验证和备案', 'The trusted domain of the app is not set up', 'Set it on the page of the app in the WeCom console and finish its verification'),
  wecom_app_disabled: say('这个应用已被停用', '到企业微信管理后台启用它', 'The app is disabled', 'Enable it in the WeCom console'),
  wecom_ip_not_trusted: say('服务器 IP 不在企业可信 IP 里', '自建应用：到应用页的“企业可信 IP”加入服务器 IP（服务商的 IP 会被拒绝，请改用代开发授权）', 'Our server is not a trusted IP of the app', 'Add its address on the page of the app; the address of a provider is refused there: use an authorised provider app instead'),
  wecom_out_of_range: say('员工不在应用的可见范围里', '到企业微信管理后台的应用页，把员工加进可见范围', 'The employee is outside the visible range of the app', 'Add the employee to it on the page of the app in the WeCom console'),
  wecom_employee_unfit: say('员工没有激活、没有实名或没有客户联系权限', '请员工登录企业微信并完成实名，再到「客户联系 → 权限配置」给他开通', 'The employee is not activated, not verified, or has no customer contact', 'Have them sign in and verify, then switch customer contact on for them in the WeCom console'),
  wecom_no_developer_account: say('企业还没有绑定微信开发者 ID，或主体不一致', '到企业微信管理后台「客户联系 → 客户 → API」绑定同主体的微信开放平台账号', 'No WeChat developer account of the same subject is bound', 'Bind it in the WeCom console under customer contact'),
  wecom_corp_unverified: say('企业还没有完成认证', '到企业微信管理后台完成企业认证', 'The corp is not verified', 'Finish the verification in the WeCom console'),
  wecom_mini_program_not_linked: say('小程序没有关联到这个企业', '到企业微信管理后台「应用管理 → 小程序」关联它', 'The mini program is not linked to the corp', 'Link it in the WeCom console under apps'),
  wecom_licence: say('企业微信的接口许可（互通账号）不足或已过期', '为相关员工购买或续期互通账号', 'The WeCom interface licence is missing or has ended', 'Buy or renew it for the employees concerned'),
  wecom_kf_switch: say('微信客服的账号或开关不对', '到企业微信管理后台「微信客服 → API」检查账号是否交给这个应用管理', 'WeChat Customer Service is not set up for this app', 'Check in the WeCom console that the account is managed by this app'),
  wecom_not_friend: say('客户与这位员工不是好友', '客户可能已删除员工，或员工还没有通过好友申请；换一位员工或换渠道', 'The customer is no contact of this employee', 'They may have deleted the employee, or the request was not accepted yet; use another employee or channel'),
  wecom_welcome_over: say('欢迎语已超过 20 秒，发不出去了', '不用处理；请员工手动打招呼', 'The 20 seconds for a welcome message were over', 'Nothing to do; the employee can greet by hand'),
  wecom_welcome_done: say('已有欢迎语或聊天已开始', '不用处理', 'A welcome was sent already, or the chat had begun', 'Nothing to do'),
  wecom_remind_used_up: say('24 小时内最多提醒 3 次', '明天再提醒，或直接联系员工', 'Reminders are limited to three in 24 hours', 'Remind tomorrow, or talk to the employee'),
  wecom_transfer_limit: say('这位客户 90 天内已转接两次', '90 天后再转接', 'This customer was passed on twice within 90 days', 'Wait until the 90 days are over'),
  wecom_limit_reached: say('企业微信里的数量已到上限', '删掉不用的活码、链接或标签后再试', 'WeCom holds as many of these as it allows', 'Delete codes, links or tags that are not used, then try again'),
  wecom_foreign_tag: say('这个标签不是本应用建的，不能改', '请在企业微信管理后台修改它', 'This tag was made elsewhere and cannot be changed here', 'Change it in the WeCom console'),
  wecom_name_taken: say('名称重复或长度不对', '换一个 30 个字以内的名称', 'The name is taken or has a wrong length', 'Choose another of at most 30 characters'),
  wecom_gone: say('它在企业微信里已经不存在了', '刷新页面；需要的话重新建一个', 'It does not exist at WeCom any more', 'Reload, and make a new one if needed'),
  // Pace
  too_fast: say('发送太快，微信要求放慢', '系统会自动放慢并重试', 'Too fast for WeChat', 'We slow down and try again by ourselves'),
  same_person_busy: say('同一位客户正有另一条消息在发', '系统会稍后自动重试', 'Another message to this customer is under way', 'We try again shortly by ourselves'),
  day_quota: say('今天的接口次数已用完', '明天 0 点后自动恢复，也可以改用其他渠道', 'The daily quota of this account is used up', 'It comes back after midnight; or use another channel'),
  platform_busy: say('微信系统繁忙', '系统会自动重试', 'WeChat is busy', 'We try again by ourselves'),
  platform_silent: say('没有收到微信的答复', '系统会核对结果；不会盲目重发', 'WeChat did not answer', 'We check what became of it and do not send it twice'),
  platform_unreachable: say('连不上微信', '检查服务器的网络', 'WeChat cannot be reached', 'Check the network of the server'),
  our_mistake: say('请求格式不对，是我们的问题', '请联系客服并提供时间', 'The request was wrong; this is our mistake', 'Contact support and tell the time'),
  unknown: say('微信返回了我们不认识的错误', '稍后再试；如果一直出现请联系客服', 'WeChat answered with an error we do not know', 'Try again later; contact support if it goes on'),
  // Callbacks
  callback_never_seen: say('还没有收到过微信的消息推送', '把回调地址、Token 和 EncodingAESKey 填到微信公众平台「消息推送」并点提交', 'WeChat has not called us yet', 'Enter the callback address, token and key in the WeChat console under message push and submit'),
  callback_bad_signature: say('微信来的推送签名对不上', '两边的 Token 要完全一样，请重新复制', 'The signature of the callbacks does not match', 'The token must be the same on both sides; copy it again'),
  callback_stale: say('微信来的推送时间相差太多', '检查服务器的时钟', 'The callbacks carry a time too far from ours', 'Check the clock of the server'),
  callback_malformed: say('微信来的推送解不开', '两边的 EncodingAESKey 和加密方式要一样，请重新复制', 'The callbacks cannot be opened', 'The key and the mode must be the same on both sides; copy them again'),
  callback_wrong_receiver: say('推送属于另一个小程序', '确认回调地址配在了正确的小程序上', 'The callbacks belong to another mini program', 'Check that the address was entered at the right mini program'),
  no_templates: say('这个小程序还没有订阅消息模板', '到微信公众平台「订阅消息」选用模板，再回来同步', 'This mini program has no subscription template yet', 'Choose templates in the WeChat console, then sync again'),
} as const satisfies Record<string, PlatformProblemText>;

export type PlatformProblem = keyof typeof PLATFORM_PROBLEMS;

/** Cause and remedy in one line, for a toast or a table cell. */
export function platformProblemText(key: string, lang: 'zh' | 'en'): string {
  const { what, todo } = platformProblem(key)[lang];
  return lang === 'zh' ? `${what}。${todo}。` : `${what}. ${todo}.`;
}

/** The sentences of a key; a key this build does not know reads as `unknown`. */
export function platformProblem(key: string): PlatformProblemText {
  return isPlatformProblem(key) ? PLATFORM_PROBLEMS[key] : PLATFORM_PROBLEMS.unknown;
}

export function isPlatformProblem(key: string): key is PlatformProblem {
  return Object.hasOwn(PLATFORM_PROBLEMS, key);
}
