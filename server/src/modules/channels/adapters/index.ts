// Every platform we speak, by name; one that forgets itself here does not compile.
import type { AdapterFactory } from '../adapter.js';
import { wechatMiniProgram } from './wechat-mini-program/wechat.adapter.js';

export type ConnectedPlatform = 'wechat_mini_program';

export const adapters = {
  wechat_mini_program: wechatMiniProgram,
} satisfies Record<ConnectedPlatform, AdapterFactory>;
