// Fifty at once on the one thing that is left: exactly one gets it, by the public API and the platform's own callbacks.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, answered, post, sealed } from '../support/callback.ts';
import { aCampaign, aSegment, campaignNow, completed, launch, ledgerBalance } from '../support/campaign.ts';
import { eventually } from '../support/client.ts';
import { aCrowd } from '../support/crowd.ts';
import { aShopper, claim, type Shopper } from '../support/customer.ts';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../support/merchant.ts';
import { startStack, type Stack } from '../support/stack.ts';

const TEMPLATE = 'tmpl-new-offer';
const AT_ONCE = 50;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

const fifty = <T>(work: (index: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(index)));

async function aShop(coupon: Record<string, unknown> = {}): Promise<{ merchant: Merchant; offerId: string; couponId: string }> {
  const merchant = await aMerchant(stack.url, stack.simulator);
  const couponId = (await aCoupon(merchant, coupon)).id;
  return { merchant, couponId, offerId: (await anOffer(merchant, couponId)).id };
}

const stockOf = (merchant: Merchant, id: string) =>
  merchant.client.one<{ remaining: number; claimed: number; redeemed: number }>('query ($id: ID!) { couponTemplate(id: $id) { remaining claimed redeemed } }', { id });

describe('fifty at once', () => {
  it('on the last coupon: one person has it, 49 are told it is gone', async () => {
    const { merchant, offerId, couponId } = await aShop({ stock: 1 });
    const crowd = await aCrowd(stack.url, stack.simulator, merchant, { count: AT_ONCE });
    const answers = await fifty((at) => claim(crowd[at]!, offerId));
    expect(answers.filter((one) => one.__typename === 'ClaimedCoupon')).toHaveLength(1);
    expect(answers.filter((one) => one.__typename === 'Refusal').map((one) => one.code)).toEqual(Array.from({ length: AT_ONCE - 1 }, () => 'sold_out'));
    expect(await stockOf(merchant, couponId)).toEqual({ remaining: 0, claimed: 1, redeemed: 0 });
    const wallets = await Promise.all(crowd.map((shopper) => shopper.client.one<unknown[]>('{ wallet { id } }')));
    expect(wallets.flat()).toHaveLength(1);
  });

  it('the same claim: one coupon, and all 50 answers show it', async () => {
    const { merchant, offerId, couponId } = await aShop({ stock: 100 });
    const shopper = await aShopper(stack.url, stack.simulator, merchant);
    const answers = await fifty(() => claim(shopper, offerId));
    expect(new Set(answers.map((one) => one.coupon?.code)).size).toBe(1);
    expect(answers.filter((one) => one.isRepeat === false)).toHaveLength(1);
    expect(await stockOf(merchant, couponId)).toEqual({ remaining: 99, claimed: 1, redeemed: 0 });
  });

  it('the same redemption: one is booked, and the same key always names it', async () => {
    const { merchant, offerId, couponId } = await aShop();
    const shopper = await aShopper(stack.url, stack.simulator, merchant);
    const { coupon } = await claim(shopper, offerId);
    const redeem = (key: string) => merchant.client.one<{ __typename: string; id?: string; code?: string }>(
      'mutation ($code: String!, $key: String!) { redeemCoupon(code: $code, orderFen: 5000, requestKey: $key) { __typename ... on Redemption { id } ... on Refusal { code } } }', { code: coupon!.code, key });
    const answers = await fifty((at) => redeem(`till-${at % 5}-0001`));
    const booked = answers.filter((one) => one.__typename === 'Redemption');
    expect(booked).toHaveLength(AT_ONCE / 5); // ten copies came from the till that was first
    expect(new Set(booked.map((one) => one.id)).size).toBe(1);
    expect(new Set(answers.filter((one) => one.__typename === 'Refusal').map((one) => one.code))).toEqual(new Set(['coupon_already_redeemed']));
    expect(await stockOf(merchant, couponId)).toMatchObject({ claimed: 1, redeemed: 1 });
  });

  it('the same callback: each copy is acknowledged, and its permit counts once', async () => {
    const { merchant } = await aShop();
    const shopper = await aShopper(stack.url, stack.simulator, merchant);
    const address = await addressOf(merchant);
    const copy = sealed(address, answered(shopper.openid, merchant.appid, TEMPLATE));
    const answers = await fifty(() => post(address, copy));
    expect(new Set(answers.map((one) => `${one.status} ${one.text}`))).toEqual(new Set(['200 success']));
    await eventually(() => ledgerBalance(merchant.client), (books) => books.remaining > 0);
    const processed = () => stack.db.query<{ n: number; open: number }>('select count(*)::int n, count(*) filter (where processed_at is null)::int open from inbound where channel_id = $1', [merchant.channelId]).then(({ rows }) => rows[0]!);
    expect(await eventually(processed, (rows) => rows.open === 0)).toEqual({ n: 1, open: 0 });
    expect(await ledgerBalance(merchant.client)).toEqual({ remaining: 1, offBalance: 0, drift: 0 });
  });

  it('the last permit: two campaigns for the same people, launched together, send each person one message', async () => {
    const { merchant } = await aShop();
    const crowd = await aCrowd(stack.url, stack.simulator, merchant, { count: AT_ONCE, templateId: TEMPLATE });
    await eventually(() => ledgerBalance(merchant.client), (books) => books.remaining === AT_ONCE);
    const segment = await aSegment(merchant, '所有人');
    const [one, two] = [await aCampaign(merchant, segment.id, TEMPLATE, { name: '甲' }), await aCampaign(merchant, segment.id, TEMPLATE, { name: '乙' })];
    await Promise.all([launch(merchant.client, one.id), launch(merchant.client, two.id)]);
    await Promise.all([completed(merchant.client, one.id), completed(merchant.client, two.id)]);
    const [first, second] = [await campaignNow(merchant.client, one.id), await campaignNow(merchant.client, two.id)];
    expect(first.progress.sent + second.progress.sent).toBe(AT_ONCE);
    expect(first.progress.skipped + second.progress.skipped).toBe(AT_ONCE);
    const { byPerson, refusals } = await stack.simulator.stats<{ byPerson: Record<string, { subscribe: number }>; refusals: Record<string, number> }>(merchant.appid);
    expect(crowd.map((shopper: Shopper) => byPerson[shopper.person]?.subscribe)).toEqual(Array.from({ length: AT_ONCE }, () => 1));
    expect(refusals).toEqual({});
    expect(await ledgerBalance(merchant.client)).toEqual({ remaining: 0, offBalance: 0, drift: 0 });
  });

  it('one report of the same prompt: the permit counts once, whoever tells it first', async () => {
    const { merchant } = await aShop();
    const shopper = await aShopper(stack.url, stack.simulator, merchant);
    const promptId = randomUUID();
    const told = await fifty(() => shopper.client.one<{ credited: number }>('mutation ($p: String!, $app: String!, $a: [PromptAnswerInput!]!) { reportPrompt(promptId: $p, appId: $app, answers: $a) { credited } }', {
      p: promptId, app: merchant.appid, a: [{ templateExternalId: TEMPLATE, answer: 'accept' }],
    }));
    expect(told.reduce((sum, one) => sum + one.credited, 0)).toBe(1);
    expect(await ledgerBalance(merchant.client)).toEqual({ remaining: 1, offBalance: 0, drift: 0 });
  });
});
