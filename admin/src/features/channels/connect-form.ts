// What each platform asks for, and how it becomes the input of the mutation.
import { platforms, type Platform } from '@huiliu/shared';
import type { ConnectChannelInput } from '../../api/generated/graphql.ts';

export type ConnectablePlatform = { [P in Platform]: (typeof platforms)[P]['canBeConnected'] extends true ? P : never }[Platform];

export const connectable = Object.entries(platforms).filter(([, { canBeConnected }]) => canBeConnected).map(([id]) => id as ConnectablePlatform);

export interface Entered {
  name: string;
  appId: string;
  appSecret: string;
  originalId: string;
  accountType: string;
  agentId: string;
}

export interface ConnectForm {
  hasOriginalId: boolean;
  hasAccountType: boolean;
  hasAgentId: boolean;
  input: (entered: Entered) => ConnectChannelInput;
}

/** Fields of another platform, entered before the choice was changed, are not sent. */
export function formOf(platform: ConnectablePlatform): ConnectForm {
  const isWechat = platform === 'wechat_mini_program' || platform === 'wechat_official_account';
  const form = { hasOriginalId: isWechat, hasAccountType: platform === 'wechat_official_account', hasAgentId: (platform as string) === 'wecom' };
  return {
    ...form,
    input: (entered) => ({
      platform,
      name: entered.name.trim(),
      appId: entered.appId.trim(),
      appSecret: entered.appSecret.trim(),
      originalId: form.hasOriginalId ? entered.originalId.trim() || null : null,
      ...(form.hasAccountType ? { accountType: entered.accountType } : {}),
      ...(form.hasAgentId ? { agentId: entered.agentId.trim() } : {}),
      // Only a mini program lets its owner choose JSON; the others always write XML.
      ...(platform === 'wechat_mini_program' ? {} : { callbackFormat: 'xml' as const }),
    }),
  };
}
