// Bad input, by the public API and the callback address: each is refused, with a sentence that names the place and the fix, and leaves nothing behind.
import { platformProblem } from '@huiliu/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, post, said, sealed, type Address, type Callback } from '../support/callback.ts';
import { aSegment } from '../support/campaign.ts';
import { Client, eventually, type GraphError } from '../support/client.ts';
import { aShopper, type Shopper } from '../support/customer.ts';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let merchant: Merchant;
let address: Address;
let shopper: Shopper;
beforeAll(async () => {
  stack = await startStack();
  merchant = await aMerchant(stack.url, stack.simulator);
  address = await addressOf(merchant);
  shopper = await aShopper(stack.url, stack.simulator, merchant);
});
afterAll(() => stack?.stop());

/** The only error of an operation that must fail. */
async function errorOf(query: string, variables: Record<string, unknown>): Promise<GraphError> {
  const { data, errors } = await merchant.client.raw(query, variables);
  expect(Object.values(data ?? {}).filter((field) => field !== null)).toEqual([]);
  expect(errors).toHaveLength(1);
  return errors![0]!;
}

describe('a wrong AppSecret', () => {
  const CONNECT = 'mutation ($input: ConnectChannelInput!) { connectChannel(input: $input) { __typename ... on Channel { id } ... on Refusal { code details } } }';

  it('is tried at the platform, refused with cause and remedy in both languages, and nothing is stored', async () => {
    const appid = 'wx0000badbadbadbad';
    await stack.simulator.app({ appid, secret: 'the-right-one', originalId: `gh_${appid}` });
    const refused = await merchant.client.one<{ __typename: string; code: string; details: { problem: string; platformCode: number } }>(CONNECT, { input: { name: '写错密钥', appId: appid, appSecret: 'the-wrong-one' } });
    expect(refused).toMatchObject({ __typename: 'Refusal', code: 'platform_refused', details: { problem: 'app_secret_wrong', platformCode: 40125 } });
    expect(platformProblem(refused.details.problem)).toEqual({
      zh: { what: expect.stringContaining('AppSecret') as string, todo: expect.stringContaining('重置') as string },
      en: { what: expect.stringContaining('AppSecret') as string, todo: expect.stringContaining('Reset') as string },
    });
    expect((await merchant.client.one<{ appId: string }[]>('{ channels { appId } }')).map((channel) => channel.appId)).toEqual([merchant.appid]);
  });
});

describe('a callback that is not genuine', () => {
  const good = (): Callback => sealed(address, said(shopper.openid, merchant.appid, '900719925474099391'));
  const spoilt: [string, string, () => Callback][] = [
    ['a wrong signature', 'bad_signature', () => ({ ...good(), query: { ...good().query, msg_signature: 'a'.repeat(40) } })],
    ['a signature by another token', 'bad_signature', () => sealed({ ...address, token: 'NotOurToken' }, said(shopper.openid, merchant.appid, '1'))],
    ['no signature at all', 'bad_signature', () => ({ ...good(), query: {} })],
    ['tampered ciphertext', 'bad_signature', () => tampered(good())],
    ['tampered ciphertext that is signed anew by who knows the token but not the key', 'malformed', () => sealed({ ...address, aesKey: 'x'.repeat(43) }, said(shopper.openid, merchant.appid, '1'))],
    ['a timestamp six minutes old', 'stale', () => sealed(address, said(shopper.openid, merchant.appid, '1'), Date.now() - 360_000)],
    ['a timestamp seven minutes ahead', 'stale', () => sealed(address, said(shopper.openid, merchant.appid, '1'), Date.now() + 420_000)],
    ['a genuine seal of another account', 'wrong_receiver', () => sealed({ ...address, appid: 'wxsomebodyelse0000' }, said(shopper.openid, merchant.appid, '1'))],
  ];

  it.each(spoilt)('%s: 403 %s', async (_name, reason, make) => {
    expect(await post(address, make())).toEqual({ status: 403, text: reason });
  });

  it('leaves nothing stored, is counted on the channel, and the check says why in a sentence', async () => {
    const { rows } = await stack.db.query('select id from inbound where channel_id = $1', [merchant.channelId]);
    expect(rows).toEqual([]);
    interface Seen { rejectedCallbacks: number; checks: { step: string; state: string; reason: string | null }[] }
    const channel = await eventually(
      () => merchant.client.one<Seen>('query ($id: ID!) { channel(id: $id) { rejectedCallbacks checks { step state reason } } }', { id: merchant.channelId }),
      (seen) => seen.rejectedCallbacks >= spoilt.length,
    );
    expect(channel.rejectedCallbacks).toBe(spoilt.length);
    const callback = channel.checks.find((check) => check.step === 'callback');
    expect(callback).toMatchObject({ state: 'failed', reason: 'callback_wrong_receiver' }); // the last one
    expect(platformProblem(callback!.reason!).zh.todo).toContain('小程序');
  });

  it('and the genuine one is taken afterwards', async () => {
    expect(await post(address, good())).toEqual({ status: 200, text: 'success' });
  });
});

/** One character of the ciphertext exchanged. */
function tampered({ query, body }: Callback): Callback {
  const outer = JSON.parse(body) as { ToUserName: string; Encrypt: string };
  const at = Math.floor(outer.Encrypt.length / 2);
  const Encrypt = outer.Encrypt.slice(0, at) + (outer.Encrypt[at] === 'A' ? 'B' : 'A') + outer.Encrypt.slice(at + 1);
  return { query, body: JSON.stringify({ ...outer, Encrypt }) };
}

describe('what a merchant enters', () => {
  const CAMPAIGN = 'mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename } }';

  it('a template field that is too long: which one, its limit, its length, in both languages', async () => {
    const segment = await aSegment(merchant, '所有人');
    const contents = [{ kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templates['tmpl-new-offer'], fields: { thing1: '新'.repeat(21), time2: '2026-12-01 09:00' } }];
    const error = await errorOf(CAMPAIGN, { input: { name: '太长', segmentId: segment.id, contents } });
    expect(error.extensions).toMatchObject({ code: 'INVALID', field: 'contents[0].fields.thing1', problem: 'too_long' });
    expect(error.message).toMatch(/^contents\[0\]\.fields\.thing1: .*at most 20 characters, it has 21; shorten it$/);
    expect(error.extensions['zh']).toMatch(/20.*21/);
    expect(await merchant.client.one('{ campaigns { id } }')).toEqual([]);
  });

  it('a coupon whose end is before its start', async () => {
    const input = { name: '倒着的券', kind: 'amount', valueFen: 1000, stock: 10, validity: 'fixed', validFrom: '2027-02-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' };
    const error = await errorOf('mutation ($input: CouponTemplateInput!) { createCouponTemplate(input: $input) { id } }', { input });
    expect(error.message).toBe('validUntil must be after validFrom. Move the end later or the start earlier.');
    expect(error.extensions).toMatchObject({ code: 'INVALID', field: 'validUntil', problem: 'before_start' });
    expect(await merchant.client.one('{ couponTemplates { id } }')).toEqual([]);
  });

  it.each([
    ['count', 'query ($rule: JSON!) { countSegment(rule: $rule) { total } }'],
    ['save', 'mutation ($rule: JSON!) { saveSegment(name: "深", rule: $rule) { id } }'],
    ['sample', 'query ($rule: JSON!) { segmentSample(rule: $rule) { id } }'],
  ])('a rule tree 200 deep, to %s', async (_name, operation) => {
    let root: object = { and: [] };
    for (let level = 1; level < 200; level += 1) root = level % 2 ? { not: root } : { and: [root] };
    const error = await errorOf(operation, { rule: { version: 1, root } });
    expect(error.message).toBe('root: may be nested at most 8 deep; merge some groups');
    expect(error.extensions).toMatchObject({ code: 'INVALID', problem: 'too_deep' });
  });

  it('the same tree written into the query itself', async () => {
    const tree = `${'{ not: '.repeat(200)}{ and: [] }${' }'.repeat(200)}`;
    const { data, errors } = await merchant.client.raw(`{ countSegment(rule: { version: 1, root: ${tree} }) { total } }`);
    expect(data).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe('INVALID');
    expect(errors?.[0]?.message).toMatch(/deep/);
  });

  it('without signing in, each is told to sign in instead', async () => {
    const { errors } = await new Client(stack.url).raw('{ channels { id } }');
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
