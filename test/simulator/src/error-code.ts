import { newRid } from './ids.ts';

/** A business answer of the platform: HTTP 200, and `errcode` decides. */
export interface Refusal {
  errcode: number;
  errmsg: string;
}

const texts: Record<number, string> = {
  [-1]: 'system error',
  20001: 'system error',
  20002: 'param error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40033: 'invalid charset. please check your request, if include \\uxxxx will create fail!',
  40037: 'invalid template_id',
  40066: 'invalid url',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40164: 'invalid ip, not in whitelist',
  40226: 'user blocked by security policy',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  41030: 'invalid page',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43101: 'user refuse to accept the msg',
  43107: 'subscribe message ability of this account is banned',
  43108: 'concurrent send to the same user',
  44002: 'empty post data',
  44004: 'empty content',
  44990: 'reach second-level frequency limit',
  45002: 'content size out of limit',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, must slower, retry next minute',
  45015: 'response out of time limit or subscription is canceled',
  45047: 'out of response count limit',
  45072: 'invalid command',
  45080: 'no interaction with the user in the last 30 seconds',
  45081: 'typing already',
  45168: 'content hits forbidden words',
  47001: 'data format error',
  47003: 'argument invalid!',
  48006: 'forbid to clear quota because of reaching the limit',
  76001: 'rid not found',
  76021: 'cgi_path not found',
  87007: 'user not logged in',
  87008: 'invalid sig_method',
  87009: 'invalid signature',
  200011: 'this account is banned for new templates',
  200012: 'private template count reaches the limit',
  200014: 'invalid template tid',
  200016: 'invalid start',
  200017: 'invalid limit',
  200020: 'invalid kidList',
  200021: 'invalid sceneDesc',
};

/** Builds the answer for a code. `detail` follows the standard text, as the platform names the bad field. */
export function refuse(errcode: number, detail?: string): Refusal {
  const text = texts[errcode] ?? 'error';
  return { errcode, errmsg: `${text}${detail === undefined ? '' : ` ${detail}`} rid: ${newRid()}` };
}

export const ok: Refusal = { errcode: 0, errmsg: 'ok' };
