// Every platform we speak, by name; one that forgets itself here does not compile.
import { platforms, type Platform } from '@huiliu/shared';
import type { AdapterFactory } from '../adapter.js';
import { wechatKf } from './wechat-kf/kf.adapter.js';
import { wechatMiniProgram } from './wechat-mini-program/wechat.adapter.js';
import { wecom } from './wecom/wecom.adapter.js';
import { wechatOfficialAccount } from './wechat-official-account/official.adapter.js';

type Connectable = { [P in Platform]: (typeof platforms)[P]['canBeConnected'] extends true ? P : never }[Platform];

const adapters = {
  wechat_mini_program: wechatMiniProgram,
  wechat_official_account: wechatOfficialAccount,
  wecom,
  wechat_kf: wechatKf,
} satisfies Record<Connectable, AdapterFactory>;

/** Undefined for a platform that is built in (a web page) or unknown. */
export function adapterFactory(platform: string): AdapterFactory | undefined {
  return Object.hasOwn(adapters, platform) ? adapters[platform as Connectable] : undefined;
}
