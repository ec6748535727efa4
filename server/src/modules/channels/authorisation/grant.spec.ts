import { describe, expect, it } from 'vitest';
import { abilitiesOf, consentAddress, readAccount, readPermissions } from './grant.js';

const func = (...ids: number[]) => ids.map((id) => ({ funcscope_category: { id } }));

describe('what a merchant granted', () => {
  it('is read from func_info, whatever else stands there', () => {
    expect(readPermissions([...func(18, 3), { funcscope_category: {} }, null, { other: 1 }])).toEqual([3, 18]);
    expect(readPermissions('nothing')).toEqual([]);
  });

  it('is told by the abilities we use; one id of several is enough', () => {
    const granted = (platform: string, ids: number[]) => abilitiesOf(platform, ids).filter((one) => one.isGranted).map((one) => one.ability);
    expect(granted('wechat_mini_program', [18])).toEqual(['notices', 'phone_number']);
    expect(granted('wechat_mini_program', [19, 17])).toEqual(['customer_service', 'mini_program_codes']);
    expect(granted('wechat_official_account', [7])).toEqual(['templates', 'mass_posts']);
    expect(granted('wechat_official_account', [])).toEqual([]);
    expect(abilitiesOf('wecom', [1])).toEqual([]);
  });
});

describe('the account that was authorised', () => {
  const answer = (info: Record<string, unknown>) => ({ authorizer_info: { nick_name: '甜甜烘焙', user_name: 'gh_1', ...info }, authorization_info: { func_info: func(1) } });
  it('is a mini program when it says so', () => {
    expect(readAccount(answer({ service_type_info: { id: 0 }, MiniProgramInfo: { network: {} } }))).toEqual({
      platform: 'wechat_mini_program', name: '甜甜烘焙', originalId: 'gh_1', accountType: undefined, permissions: [1],
    });
  });
  it.each([[0, 'subscription'], [1, 'subscription'], [2, 'service']])('is an official account of type %i: %s', (id, accountType) => {
    expect(readAccount(answer({ service_type_info: { id } }))).toMatchObject({ platform: 'wechat_official_account', accountType });
  });
  it('is none when nothing names it', () => {
    expect(readAccount({})).toBeUndefined();
    expect(readAccount({ authorizer_info: { nick_name: 'x' } })).toBeUndefined();
  });
});

it('the consent page is told where to come home to', () => {
  const address = new URL(consentAddress('https://consent.test', { componentAppId: 'wxc', preAuthCode: 'pre@1', returnTo: 'https://shop.test/channels/authorised?state=a&b', platform: 'wechat_official_account' }));
  expect(address.origin + address.pathname).toBe('https://consent.test/cgi-bin/componentloginpage');
  expect(Object.fromEntries(address.searchParams)).toEqual({ component_appid: 'wxc', pre_auth_code: 'pre@1', redirect_uri: 'https://shop.test/channels/authorised?state=a&b', auth_type: '1' });
});
