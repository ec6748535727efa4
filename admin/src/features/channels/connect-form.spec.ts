// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { connectable, formOf } from './connect-form.ts';

const entered = { name: ' 山野茶集 ', appId: ' wx123456 ', appSecret: 'secret99 ', originalId: ' ', accountType: 'subscription', agentId: '1000002' };

describe('what a platform asks for', () => {
  it('sends a mini program without what only others have', () => {
    expect(formOf('wechat_mini_program').input(entered)).toEqual({ platform: 'wechat_mini_program', name: '山野茶集', appId: 'wx123456', appSecret: 'secret99', originalId: null });
  });
  it('sends the kind of an official account, which writes XML', () => {
    expect(formOf('wechat_official_account').input(entered)).toMatchObject({ accountType: 'subscription', callbackFormat: 'xml' });
    expect(formOf('wechat_official_account').input(entered)).not.toHaveProperty('agentId');
  });
  it('offers no platform that cannot be connected', () => {
    expect(connectable).toContain('wechat_mini_program');
    expect(connectable).not.toContain('h5');
  });
});
