import { describe, expect, it } from 'vitest';
import type { Config } from '../../../config.js';
import type { PlatformRequest } from '../adapter.js';
import type { PlatformHttpClient } from '../platform-http.client.js';
import { SuiteApi } from './suite.client.js';

const APP = { id: 'dk1', secret: 'suite-secret', callbackToken: 'T', encodingAesKey: 'k'.repeat(43) };

/** WeCom by its documented answers, path by path; what was asked is kept. */
function wecom(answers: Record<string, unknown>): { api: SuiteApi; asked: PlatformRequest[] } {
  const asked: PlatformRequest[] = [];
  const http = {
    exchange: async (request: PlatformRequest) => {
      asked.push(request);
      return { status: 200, text: JSON.stringify(answers[new URL(request.url).pathname] ?? { errcode: 40013, errmsg: 'no answer' }) };
    },
  };
  const config = { wecomApiBase: 'https://wecom.test', wecomSuite: APP, wecomProvider: { corpId: 'wwprovider', secret: 'provider-secret' } };
  return { api: new SuiteApi(config as unknown as Config, http as unknown as PlatformHttpClient), asked };
}

describe('the provider-developed app at WeCom', () => {
  it('gets its token with the ticket', async () => {
    const { api, asked } = wecom({ '/cgi-bin/service/get_suite_token': { suite_access_token: 'st', expires_in: 7200 } });
    expect(await api.suiteToken('ticket')).toEqual({ ok: true, value: { token: 'st', expiresInSeconds: 7200 } });
    expect(asked[0]?.json).toEqual({ suite_id: 'dk1', suite_secret: 'suite-secret', suite_ticket: 'ticket' });
  });

  it('has a code made that carries the state', async () => {
    const { api, asked } = wecom({
      '/cgi-bin/service/get_provider_token': { provider_access_token: 'pt', expires_in: 7200 },
      '/cgi-bin/service/get_customized_auth_url': { errcode: 0, errmsg: 'ok', qrcode_url: 'https://wecom.test/q', expires_in: 864000 },
    });
    expect(await api.codeAddress('abc123')).toEqual({ ok: true, value: 'https://wecom.test/q' });
    expect(new URL(asked[1]?.url ?? '').searchParams.get('provider_access_token')).toBe('pt');
    expect(asked[1]?.json).toEqual({ state: 'abc123', templateid_list: ['dk1'] });
  });

  it('reads the permanent code with the corp and its app', async () => {
    const { api } = wecom({
      '/cgi-bin/service/v2/get_permanent_code': { permanent_code: 'pc', auth_corp_info: { corpid: 'wwcorp', corp_name: '甜甜烘焙' }, auth_info: { agent: [{ agentid: 1000009 }] }, state: 'abc123' },
    });
    expect(await api.permanentCode('st', 'code')).toEqual({ ok: true, value: { corpId: 'wwcorp', name: '甜甜烘焙', agentId: '1000009', permanentCode: 'pc', state: 'abc123' } });
  });

  it.each([[42009, 'token_expired', 'token_invalid'], [40082, 'token_expired', 'token_invalid'], [40085, 'upstream', 'platform_app_not_ready'], [-1, 'upstream', 'platform_busy'], [48002, 'forbidden', 'unknown']])(
    'knows what %i means',
    async (errcode, kind, problem) => {
      const { api } = wecom({ '/cgi-bin/service/v2/get_permanent_code': { errcode, errmsg: 'no' } });
      expect(await api.permanentCode('st', 'code')).toMatchObject({ ok: false, kind, problem, code: errcode });
    });
});
