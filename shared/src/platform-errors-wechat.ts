// What WeChat refuses beside sending: posts, menus, tags, links, codes, logins, and its own rations.
import { say } from './platform-sentence.ts';

export const WECHAT_PROBLEMS = {
  // Rations
  month_quota: say('本月的群发次数已用完', '下个月自动恢复；这个月请改用其他渠道', 'The posts of this month are used up', 'They come back next month; use another channel until then'),
  count_used_up: say('数量已到微信的上限', '删掉不再用的，再新建', 'WeChat allows no more of these', 'Delete those that are not used, then make a new one'),
  clear_used_up: say('本月的清零次数已用完', '等次数自然恢复：日限额在 0 点恢复，清零机会下个月恢复', 'The resets of this month are used up', 'Daily quotas come back at midnight, resets next month'),
  // Account
  account_penalised: say('账号受到平台处罚，系统已暂停相关发送', '到公众平台「通知中心」查看原因并处理，解除后在这里点「已解决」恢复发送', 'The platform has penalised the account; we paused what it concerns', 'See the reason in the notice centre of the platform, settle it, then mark it as settled here to go on'),
  account_warned: say('账号收到平台的警告', '到公众平台「通知中心」查看原因，按要求整改', 'The platform has warned the account', 'See the reason in the notice centre of the platform and do what it asks'),
  agreement_missing: say('账号还没有同意群发协议', '请管理员到微信公众平台「群发功能」同意协议', 'The account has not accepted the agreement for posts', 'Ask the administrator to accept it in the WeChat console'),
  login_domain: say('网页授权域名没有配置', '到微信公众平台「功能设置 → 网页授权域名」填写本系统的域名', 'The domain for web login is not configured', 'Enter our domain in the WeChat console under web authorisation domain'),
  not_bound: say('账号没有绑定微信开放平台', '到微信开放平台绑定这个账号，之后就能识别同一位客户', 'The account is not bound to a WeChat Open Platform account', 'Bind it there; then the same person is recognised across accounts'),
  order_unknown: say('查不到这笔支付', '确认订单号，并在支付后 5 分钟内查询', 'This payment is not known', 'Check the order number, and ask within five minutes of the payment'),
  // Posts and articles
  draft_unfit: say('图文没有通过微信的检查', '到微信公众平台打开这篇草稿，按提示修改并保存后再发布', 'WeChat did not pass the article', 'Open the draft in the WeChat console, change what it shows, save, and publish again'),
  post_gone: say('这次群发或素材已不存在', '刷新列表；需要的话重新创建', 'This post or material no longer exists', 'Refresh the list; make it again if needed'),
  post_content: say('群发的内容不完整或不符合要求', '检查标题、正文、图片和视频后重试', 'The content of the post is incomplete or not allowed', 'Check title, text, pictures and video, then try again'),
  // Menus, tags
  menu_invalid: say('菜单不符合微信的要求', '检查菜单个数、名称长度和每项的链接', 'The menu breaks the rules of WeChat', 'Check how many entries there are, their names and their links'),
  tag_name: say('标签名重复、太长或不允许', '换一个名称', 'The name of the tag is taken, too long or not allowed', 'Choose another name'),
  tag_gone: say('标签不存在', '刷新标签列表后重试', 'The tag does not exist', 'Refresh the tags and try again'),
  tag_limit: say('标签数量已到上限', '账号最多 100 个标签，每位粉丝最多 20 个；先删掉不用的', 'There are as many tags as there may be', 'An account has 100 at most and a follower 20; take some away first'),
  tag_too_big: say('标签下的粉丝太多，微信不让直接删除', '先减少标签下的粉丝，再删除', 'The tag has too many followers to be deleted', 'Take followers out of it first'),
  some_refused: say('其中一部分没有成功', '系统会只重试没成功的那些', 'Some of them failed', 'Only those that failed are tried again'),
  // Links and codes
  link_invalid: say('链接的参数不对', '检查页面路径、参数和有效期（最长 30 天）', 'The link has a wrong parameter', 'Check its page, its query and how long it is valid (30 days at most)'),
  scene_invalid: say('二维码的参数不对', '参数最多 32 个字符，只用字母、数字和常见符号', 'The parameter of the code is wrong', 'It has 32 characters at most: letters, digits and common signs'),
  // Login and personal data
  login_again: say('客户的登录状态已失效', '请客户重新打开页面并同意授权', 'The login of the customer has run out', 'Ask the customer to open the page again and agree'),
  template_keywords: say('模板的关键词或使用场景不对', '到微信公众平台重新选用模板和关键词', 'The keywords or the purpose of the template are wrong', 'Choose the template and its keywords again in the WeChat console'),
  template_industry: say('模板和账号的行业不符', '到微信公众平台调整行业，或换一个模板', 'The template does not fit the trade of the account', 'Change the trade in the WeChat console, or choose another template'),
  platform_ticket: say('开放平台的凭证还没有到', '等微信的推送（约每 10 分钟一次），系统会自动继续', 'The ticket of the third-party platform has not arrived', 'WeChat sends it about every ten minutes; we go on by ourselves'),
} as const;
