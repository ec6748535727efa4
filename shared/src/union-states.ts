// How an account's people relate to those of the merchant's other accounts, as a merchant reads it.
import { type PlatformProblemText, say } from './platform-sentence.ts';

export const UNION_STATES = {
  none: say(
    '这个账号的客户没有 UnionID，认不出他们在其他账号里是谁', '到微信开放平台绑定这个账号；绑定之后来的客户会自动合并',
    'The people of this account carry no union id, so they are not recognised at your other accounts', 'Bind the account to your WeChat Open Platform account; people who come after that are joined by themselves',
  ),
  alone: say(
    '这个账号的客户有 UnionID，但没有一个和其他账号相同，可能绑定在另一个开放平台下', '到微信开放平台核对：要互认的账号必须绑定在同一个开放平台账号下',
    'The people of this account carry union ids, but none is known at another account: it may be bound to another Open Platform account', 'Check in the WeChat Open Platform: accounts that should know each other\'s people must be bound to the same one',
  ),
  shared: say(
    '能认出同一位客户在不同账号里的身份', '不用处理，系统会自动合并',
    'The same person is recognised across accounts', 'Nothing to do; they are joined by themselves',
  ),
} as const satisfies Record<string, PlatformProblemText>;

export type UnionState = keyof typeof UNION_STATES;
