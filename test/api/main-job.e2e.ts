// The main job by the public API: sign up, connect, coupon, offer, claim and accept, segment, forecast, launch, receive, tap, redeem, report.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/client.ts';
import { aShopper, answerPrompt, claim, type Shopper } from '../support/customer.ts';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../support/merchant.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let merchant: Merchant;
let offer: { id: string; url: string };
let entryCode: string;
const shoppers: Shopper[] = [];

beforeAll(async () => {
  stack = await startStack();
  merchant = await aMerchant(stack.url, stack.simulator);
});
afterAll(() => stack?.stop());

const TEMPLATE = 'tmpl-new-offer';
const EXPIRING = 'tmpl-coupon-expiring';

it('connects the mini program: token, templates and callback are checked live', async () => {
  const people = await stack.simulator.people(1);
  await stack.simulator.login(people[0]!.id, merchant.appid);
  await stack.simulator.say(people[0]!.id, merchant.appid, '在吗');
  const channel = await eventually(
    () => merchant.client.one<{ status: string; checks: { step: string; state: string }[]; lastCallbackAt: string | null }>('mutation ($id: ID!) { checkChannel(id: $id) { status lastCallbackAt checks { step state errorCode } } }', { id: merchant.channelId }),
    (c) => c.lastCallbackAt !== null && c.checks.every((check) => check.state === 'ok'),
  );
  expect(channel.status).toBe('live');
  expect(channel.checks.map((c) => c.step).toSorted()).toEqual(['callback', 'credentials', 'templates']);
});

it('publishes a coupon offer whose notice serves the reward', async () => {
  const coupon = await aCoupon(merchant);
  offer = await anOffer(merchant, coupon.id);
  const link = await merchant.client.one<{ code: string }>('mutation ($input: EntryLinkInput!) { createEntryLink(input: $input) { code url } }', { input: { name: '京东搜索', source: 'jd_search', offerId: offer.id } });
  entryCode = link.code;
  const page = await merchant.client.one<{ state: string; notices: { templateExternalId: string }[] }>('query ($slug: String!, $code: String) { publicOffer(tenantSlug: $slug, entryCode: $code) { state notices { templateExternalId } } }', { slug: merchant.slug, code: entryCode });
  expect(page).toEqual({ state: 'published', notices: [{ templateExternalId: EXPIRING }] });
});

it('gives the coupon whatever the prompt’s answer is, and counts each permit once', async () => {
  const answers = ['accept', 'accept', 'accept', 'accept', 'accept', 'accept', 'accept', 'accept', 'reject', 'reject'] as const;
  for (const answer of answers) {
    const shopper = await aShopper(stack.url, stack.simulator, merchant, { entryCode });
    await answerPrompt(stack.simulator, merchant, shopper, { [TEMPLATE]: answer, [EXPIRING]: answer });
    expect((await claim(shopper, offer.id)).__typename).toBe('ClaimedCoupon');
    shoppers.push(shopper);
  }
  const again = await claim(shoppers[0]!, offer.id);
  expect(again.isRepeat).toBe(true);
  const balance = () => merchant.client.one<{ remaining: number; offBalance: number }>('{ ledgerBalance { remaining offBalance } }');
  const books = await eventually(balance, (b) => b.remaining >= 16);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // late copies would still arrive now
  expect(await balance()).toEqual(books);
  // eight people, two templates each, told by client and callback; plus the window of the person who wrote
  expect(books).toEqual({ remaining: 16 + 5, offBalance: 0 });
});

let campaignId: string;
it('forecasts, launches, and brings each permitted person exactly one message', async () => {
  const rule = { version: 1, root: { and: [{ type: 'source', in: ['jd_search'] }] } };
  const count = await merchant.client.one<{ total: number; reach: { now: number; afterPrompt: number } }>('query ($rule: JSON!) { countSegment(rule: $rule) { total reach { now afterPrompt unreachable } } }', { rule });
  expect(count).toMatchObject({ total: 10, reach: { now: 8, afterPrompt: 2 } });
  const segment = await merchant.client.one<{ id: string }>('mutation ($rule: JSON!) { saveSegment(name: "京东来客", rule: $rule) { id } }', { rule });
  const campaign = await merchant.client.one<{ __typename: string; id: string }>('mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename ... on Campaign { id } ... on Refusal { code details } } }', {
    input: {
      name: '新品召回',
      segmentId: segment.id,
      holdoutPercent: 0,
      offerId: offer.id,
      quietFrom: null,
      quietUntil: null,
      contents: [
        { kind: 'window', channelId: merchant.channelId, text: '{{customer.name}}您好，新品到店' },
        { kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templates[TEMPLATE], fields: { thing1: '新品尝鲜', time2: '2026-12-01 09:00' } },
      ],
    },
  });
  campaignId = campaign.id;
  const forecast = await merchant.client.one<{ audience: number; reachable: { index: number; count: number }[]; unreachable: { reason: string; count: number }[] }>('query ($id: ID!) { forecast(campaignId: $id) { audience holdout reachable { index count } unreachable { state reason count } permitsBefore permitsAfter } }', { id: campaignId });
  expect(forecast.audience).toBe(10);
  expect(forecast.reachable.reduce((sum, rung) => sum + rung.count, 0)).toBe(8);
  expect(forecast.unreachable).toEqual([expect.objectContaining({ reason: 'no_permit', count: 2 })]);
  await merchant.client.ask('mutation ($id: ID!) { launchCampaign(id: $id) { __typename ... on Refusal { code details } } }', { id: campaignId });
  const ended = await eventually(
    () => merchant.client.one<{ state: string; progress: { sent: number; skipped: number } }>('query ($id: ID!) { campaign(id: $id) { state stateReason progress { audience sent skipped unknown refused failed } } }', { id: campaignId }),
    (c) => c.state === 'completed',
    60,
  );
  expect(ended.progress).toMatchObject({ sent: 8, skipped: 2, unknown: 0, failed: 0 });
  for (const [i, shopper] of shoppers.entries()) {
    const received = (await stack.simulator.inbox(shopper.person, merchant.appid)).filter((m) => m.templateId === TEMPLATE);
    expect(received).toHaveLength(i < 8 ? 1 : 0);
  }
});

it('counts the tap, the return and the redemption, and the report adds up', async () => {
  const shopper = shoppers[0]!;
  const [message] = (await stack.simulator.inbox(shopper.person, merchant.appid)).filter((m) => m.templateId === TEMPLATE);
  const { page } = await stack.simulator.tap(shopper.person, message!.id);
  const messageId = new URLSearchParams(page.split('?')[1]).get('m');
  expect(messageId).toBeTruthy();
  await shopper.client.ask('mutation ($slug: String!, $v: String!, $m: ID) { recordVisit(tenantSlug: $slug, visitorId: $v, messageId: $m) { ok } }', { slug: merchant.slug, v: shopper.visitorId, m: messageId });
  const [held] = await shopper.client.one<{ code: string }[]>('{ wallet { code state } }');
  const redeem = (key: string) => merchant.client.one<{ __typename: string; id?: string; code?: string }>('mutation ($code: String!, $key: String!) { redeemCoupon(code: $code, orderFen: 5000, requestKey: $key) { __typename ... on Redemption { id discountFen } ... on Refusal { code } } }', { code: held!.code, key });
  const first = await redeem('till-1-0001');
  expect(first).toMatchObject({ __typename: 'Redemption', discountFen: 1000 });
  expect((await redeem('till-1-0001')).id).toBe(first.id);
  expect(await redeem('till-2-0001')).toMatchObject({ __typename: 'Refusal', code: 'coupon_already_redeemed' });
  const report = await eventually(
    () => merchant.client.one<Record<string, number>>('query ($id: ID!) { campaign(id: $id) { report { sent delivered refused tapped returned redeemed revenueFen permitsSpent drift } } }', { id: campaignId }).then((c) => (c as unknown as { report: Record<string, number> }).report),
    (r) => r['tapped'] === 1 && r['redeemed'] === 1 && r['delivered'] === 8,
  );
  expect(report).toEqual({ sent: 8, delivered: 8, refused: 0, tapped: 1, returned: 1, redeemed: 1, revenueFen: 5000, permitsSpent: 8, drift: 0 });
  expect(await merchant.client.one('{ ledgerBalance { remaining offBalance drift } }')).toEqual({ remaining: 16 + 5 - 8, offBalance: 0, drift: 0 });
});
