// Whether we have a sentence for what a platform answered.
import { isKnownCode } from '../adapters/wechat/wechat.errors.js';
import { knownWecomCodes } from '../adapters/wecom/wecom.errors.js';

const wecom = new Set([0, ...knownWecomCodes()]);

export const isWecom = (platform: string): boolean => platform === 'wecom' || platform === 'wechat_kf';

export const knowsCode = (platform: string, code: number): boolean => (isWecom(platform) ? wecom.has(code) : isKnownCode(code));

/** The refusal a platform would give, given by us before it has to: adapters read it like any other. */
export function heldBack(platform: string, window: string): number {
  if (isWecom(platform) || window === 'day' || window === 'month') return 45009;
  return window === 'second' ? 44990 : 45011;
}

/** The code in an answer, without reading a large answer whole; 0 when it has none. */
export function codeIn(text: string): number {
  const found = /"errcode"\s*:\s*(-?\d+)/u.exec(text.length > 2_000 ? text.slice(0, 1_000) + text.slice(-1_000) : text);
  return found ? Number(found[1]) : 0;
}

export function wordsIn(text: string): string {
  const found = /"errmsg"\s*:\s*"((?:[^"\\]|\\.){0,300})/u.exec(text);
  return found?.[1] ?? '';
}
