// A shop with something on every page: people of several kinds, coupons of every state, campaigns finished, stopped and drafted.
import { eventually } from '../../support/client.ts';
import { answerPrompt, aShopper, type Claimed, claim, type Shopper } from '../../support/customer.ts';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../../support/merchant.ts';
import type { Stack } from '../../support/stack.ts';

const REMINDER = 'tmpl-coupon-expiring';
const PEOPLE = 12;
const SEGMENT = 'mutation ($name: String!, $rule: JSON!) { saveSegment(name: $name, rule: $rule) { id } }';
const CAMPAIGN = 'mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename ... on Campaign { id } ... on Refusal { code details } } }';

export interface FullShop { merchant: Merchant; person: string; paths: string[]; invitation: string }

/** @returns the shop and the paths of its detail pages */
export async function aFullShop(stack: Stack): Promise<FullShop> {
  const merchant = await aMerchant(stack.url, stack.simulator);
  const { client } = merchant;
  const coupon = await aCoupon(merchant);
  await aCoupon(merchant, { name: '全场 8 折券', kind: 'percent', valueFen: null, percentOff: 20, minSpendFen: 0, stock: 5 });
  await aCoupon(merchant, { name: '免费可颂兑换券', kind: 'exchange', valueFen: null, exchangeItem: '黄油可颂一个', minSpendFen: 0 });
  const offer = await anOffer(merchant, coupon.id);
  const draft = await client.one<{ id: string }>('mutation ($input: OfferInput!) { saveOffer(input: $input) { id } }', { input: { name: '会员日', headline: '会员日领券', channelId: merchant.channelId, couponTemplateId: coupon.id, mode: 'conditional', notices: [] } });
  const link = await client.one<{ code: string }>('mutation ($input: EntryLinkInput!) { createEntryLink(input: $input) { code } }', { input: { name: '收银台', source: 'shop_qr', offerId: offer.id } });
  const shoppers: Shopper[] = [];
  for (let number = 0; number < PEOPLE; number += 1) shoppers.push(await aCustomer(stack, merchant, { entryCode: link.code, offerId: offer.id, number }));
  const segment = await client.one<{ id: string }>(SEGMENT, { name: '扫码来的客人', rule: { version: 1, root: { and: [{ type: 'source', in: ['shop_qr'] }, { or: [{ type: 'has_coupon', state: 'claimed' }, { type: 'has_permit', atLeast: 1 }] }] } } });
  const campaigns = await theCampaigns(merchant, { segmentId: segment.id, offerId: offer.id });
  await theOffice(merchant, shoppers[0]!.customerId);
  const invitation = await client.one<{ link: string }>('mutation { inviteStaff(email: "clerk@example.com", role: clerk) { __typename ... on NewInvitation { link } ... on Refusal { code } } }');
  const details = [`/channels/${merchant.channelId}`, `/channels/${merchant.channelId}/setup`, '/channels/new', `/coupons/${coupon.id}`, '/coupons/new', `/offers/${offer.id}`, `/offers/${draft.id}`, `/offers/${offer.id}/edit`, '/offers/new'];
  const people = [`/customers/${shoppers[0]!.customerId}`, `/segments/${segment.id}`, '/segments/new'];
  return { merchant, person: shoppers[0]!.person, paths: [...details, ...people, `/campaigns/${campaigns.done}`, `/campaigns/${campaigns.draft}`, `/campaigns/${campaigns.draft}/edit`, '/campaigns/new', '/no-access', '/no-such-page'], invitation: new URL(invitation.link, stack.url).pathname };
}

/** Every third person refuses the reminder, every fourth writes to the shop, every fifth has used the coupon. */
async function aCustomer(stack: Stack, merchant: Merchant, { entryCode, offerId, number }: { entryCode: string; offerId: string; number: number }): Promise<Shopper> {
  const shopper = await aShopper(stack.url, stack.simulator, merchant, { entryCode });
  const claimed: Claimed = await claim(shopper, offerId);
  await answerPrompt(stack.simulator, merchant, shopper, { [REMINDER]: number % 3 === 0 ? 'reject' : 'accept' });
  if (number % 4 === 0) await stack.simulator.say(shopper.person, merchant.appid, '今天还有可颂吗');
  if (number % 5 === 0) await merchant.client.ask('mutation ($code: String!, $key: String!) { redeemCoupon(code: $code, orderFen: 5600, requestKey: $key) { __typename } }', { code: claimed.coupon?.code, key: `till-${number}-${merchant.appid}` });
  return shopper;
}

async function theCampaigns(merchant: Merchant, { segmentId, offerId }: { segmentId: string; offerId: string }): Promise<{ done: string; draft: string }> {
  const contents = [
    { kind: 'window', channelId: merchant.channelId, text: '{{customer.name | default: "您"}}好，店里上新了，点开看看。' },
    { kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templates[REMINDER], fields: { thing1: '满30减10元券', time2: '2026-12-24 18:00', thing3: '记得到店使用' } },
  ];
  const save = (name: string) => merchant.client.one<{ id: string }>(CAMPAIGN, { input: { name, segmentId, offerId, holdoutPercent: 10, quietFrom: null, quietUntil: null, contents } });
  const done = (await save('冬季召回')).id;
  await merchant.client.ask('mutation ($id: ID!) { launchCampaign(id: $id) { __typename ... on Refusal { code details } } }', { id: done });
  await eventually(() => merchant.client.one<{ state: string }>('query ($id: ID!) { campaign(id: $id) { state } }', { id: done }), (campaign) => campaign.state === 'completed', 60);
  return { done, draft: (await save('圣诞预热')).id };
}

async function theOffice({ client }: Merchant, customerId: string): Promise<void> {
  const tag = await client.one<{ id: string }>('mutation { createTag(name: "老顾客") { id } }');
  await client.ask('mutation ($tag: ID!, $ids: [ID!]!) { tagCustomers(tagId: $tag, customerIds: $ids) { ok } }', { tag: tag.id, ids: [customerId] });
  await client.ask('mutation { createApiKey(name: "收银系统", scopes: ["coupon.read", "coupon.redeem"]) { __typename } }');
}
