// What a merchant granted, in our words: which account, and which of the abilities we use.

export type AuthorisedPlatform = 'wechat_mini_program' | 'wechat_official_account';

export interface AuthorisedAccount {
  platform: AuthorisedPlatform;
  name: string;
  originalId: string;
  /** A mini program has none. */
  accountType: 'service' | 'subscription' | undefined;
  permissions: number[];
}

export interface GrantedAbility {
  ability: string;
  isGranted: boolean;
}

// Any one id of a row is enough. The platform prints these on the pages of the calls; an id that is not here is kept and shown as it is.
const ABILITIES: Record<AuthorisedPlatform, readonly [ability: string, ids: readonly number[]][]> = {
  wechat_mini_program: [
    ['notices', [18, 89]], ['customer_service', [1, 6, 19, 100, 101]], ['mini_program_codes', [17]], ['phone_number', [18]],
  ],
  wechat_official_account: [
    ['templates', [7, 100, 101]], ['notices', [89]], ['customer_service', [1, 6, 19, 100, 101]], ['mass_posts', [7]], ['scene_codes', [3]], ['articles', [11, 100]],
  ],
};

/** The accounts that a third-party platform of WeChat can speak for. */
export const COMPONENT_PLATFORMS: readonly string[] = Object.keys(ABILITIES) satisfies string[];

export const isComponentPlatform = (platform: string): platform is AuthorisedPlatform => Object.hasOwn(ABILITIES, platform);

/** The abilities we use on this kind of account; none for a platform that grants in another way. */
export function abilitiesOf(platform: string, permissions: readonly number[]): GrantedAbility[] {
  if (!isComponentPlatform(platform)) return [];
  return ABILITIES[platform].map(([ability, ids]) => ({ ability, isGranted: ids.some((id) => permissions.includes(id)) }));
}

/** Ids of `func_info`; anything else in it is passed over. */
export function readPermissions(value: unknown): number[] {
  if (!Array.isArray(value)) return [];
  const ids = value.map((one: unknown) => Number((one as { funcscope_category?: { id?: unknown } } | null)?.funcscope_category?.id));
  return ids.filter((id) => Number.isInteger(id)).toSorted((a, b) => a - b);
}

/** The answer of api_get_authorizer_info; undefined when it describes no account. */
export function readAccount(json: Record<string, unknown>): AuthorisedAccount | undefined {
  const info = (json['authorizer_info'] ?? undefined) as Record<string, unknown> | undefined;
  const granted = (json['authorization_info'] ?? {}) as Record<string, unknown>;
  if (info === undefined || typeof info['user_name'] !== 'string') return undefined;
  const isMiniProgram = typeof info['MiniProgramInfo'] === 'object' && info['MiniProgramInfo'] !== null;
  const type = Number((info['service_type_info'] as { id?: unknown } | undefined)?.id);
  return {
    platform: isMiniProgram ? 'wechat_mini_program' : 'wechat_official_account',
    name: typeof info['nick_name'] === 'string' ? info['nick_name'] : '',
    originalId: info['user_name'],
    // 2 is a service account; 0 and 1 are subscription accounts, old and new.
    accountType: isMiniProgram ? undefined : type === 2 ? 'service' : 'subscription',
    permissions: readPermissions(granted['func_info']),
  };
}

const AUTH_TYPES: Record<AuthorisedPlatform, string> = { wechat_official_account: '1', wechat_mini_program: '2' };

/** The consent page of WeChat; it comes back to `returnTo` with `auth_code`. */
export function consentAddress(base: string, { componentAppId, preAuthCode, returnTo, platform }: { componentAppId: string; preAuthCode: string; returnTo: string; platform: AuthorisedPlatform }): string {
  const query = new URLSearchParams({ component_appid: componentAppId, pre_auth_code: preAuthCode, redirect_uri: returnTo, auth_type: AUTH_TYPES[platform] });
  return `${base}/cgi-bin/componentloginpage?${query.toString()}`;
}
