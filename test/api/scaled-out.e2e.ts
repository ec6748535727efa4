// The scaled-out shape: Bull on Redis, two workers. The same campaign, and a Redis that loses everything in the middle.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/client.ts';
import { aShopper, answerPrompt, claim, type Shopper } from '../support/customer.ts';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../support/merchant.ts';
import { hasRedis, type Redis, startRedis } from '../support/redis.ts';
import { endProcess, startStack, type Stack } from '../support/stack.ts';

const TEMPLATE = 'tmpl-new-offer';

// npm test says loudly when redis-server is missing, and CI fails then.
describe.runIf(hasRedis())('with Bull and two workers', () => {
  let redis: Redis;
  let stack: Stack;
  let merchant: Merchant;
  const shoppers: Shopper[] = [];
  let first: ReturnType<Stack['worker']>;

  beforeAll(async () => {
    redis = await startRedis();
    stack = await startStack({ redisUrl: redis.url });
    first = stack.worker();
    await stack.startWorker();
    merchant = await aMerchant(stack.url, stack.simulator);
  });
  afterAll(async () => {
    await endProcess(first);
    await stack?.stop();
    await redis?.stop();
  });

  it('gives and counts the same as on one machine', async () => {
    const offer = await anOffer(merchant, (await aCoupon(merchant)).id);
    for (let i = 0; i < 20; i++) {
      const shopper = await aShopper(stack.url, stack.simulator, merchant);
      await answerPrompt(stack.simulator, merchant, shopper, { [TEMPLATE]: 'accept' });
      expect((await claim(shopper, offer.id)).__typename).toBe('ClaimedCoupon');
      shoppers.push(shopper);
    }
    redis.command('flushall');
    const books = await eventually(() => merchant.client.one<{ remaining: number; offBalance: number }>('{ ledgerBalance { remaining offBalance } }'), (b) => b.remaining === 20, 60);
    expect(books.offBalance).toBe(0);
  });

  it('sends each message once although Redis is flushed while the campaign runs', async () => {
    const segment = await merchant.client.one<{ id: string }>('mutation ($rule: JSON!) { saveSegment(name: "全部", rule: $rule) { id } }', { rule: { version: 1, root: { and: [{ type: 'has_permit', atLeast: 1 }] } } });
    const campaign = await merchant.client.one<{ id: string }>('mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename ... on Campaign { id } ... on Refusal { code details } } }', {
      input: {
        name: '召回', segmentId: segment.id, holdoutPercent: 0, quietFrom: null, quietUntil: null,
        contents: [{ kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templates[TEMPLATE], fields: { thing1: '新品尝鲜', time2: '2026-12-01 09:00' } }],
      },
    });
    await merchant.client.ask('mutation ($id: ID!) { launchCampaign(id: $id) { __typename ... on Refusal { code details } } }', { id: campaign.id });
    for (let i = 0; i < 5; i++) {
      redis.command('flushall');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const ended = await eventually(
      () => merchant.client.one<{ state: string; progress: { sent: number; unknown: number } }>('query ($id: ID!) { campaign(id: $id) { state progress { sent unknown failed refused } } }', { id: campaign.id }),
      (c) => c.state === 'completed',
      90,
    );
    expect(ended.progress).toMatchObject({ sent: 20, unknown: 0 });
    for (const shopper of shoppers) expect((await stack.simulator.inbox(shopper.person, merchant.appid)).filter((m) => m.templateId === TEMPLATE)).toHaveLength(1);
    expect(await merchant.client.one('{ ledgerBalance { remaining offBalance } }')).toEqual({ remaining: 0, offBalance: 0 });
  });
});
