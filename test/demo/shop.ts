// The demo merchant gets going, as anyone would: sign up, connect the mini program, coupons, offers, entry links, tags.
import { randomBytes } from 'node:crypto';
import type { Simulator } from '../support/simulator.ts';
import { Api } from './api.ts';
import { type OfferKey, OFFER_OF, type Source, SOURCES } from './cast.ts';

export const NAME = '晨光烘焙';

/** Templates as the platform lists them for a merchant; the names of the fields follow its types. */
export const TEMPLATES = {
  expiring: { title: '优惠券到期提醒', content: '优惠券名称:{{thing1.DATA}}\n到期时间:{{time2.DATA}}\n温馨提示:{{thing3.DATA}}\n' },
  activity: { title: '活动开始提醒', content: '活动名称:{{thing1.DATA}}\n开始时间:{{time2.DATA}}\n' },
  memberDay: { title: '会员日提醒', content: '会员日:{{thing1.DATA}}\n日期:{{date2.DATA}}\n温馨提示:{{thing3.DATA}}\n' },
} as const;
export type TemplateKey = keyof typeof TEMPLATES;
const KEYS = Object.keys(TEMPLATES) as TemplateKey[];

const COUPONS: Record<OfferKey, Record<string, unknown>> = {
  amount: { name: '满30减10元券', kind: 'amount', valueFen: 1000, minSpendFen: 3000, validDays: 7, usageNotes: '全场烘焙可用，每单限用一张。' },
  percent: { name: '全场8折券', kind: 'percent', percentOff: 20, maxDiscountFen: 3000, validDays: 30, usageNotes: '蛋糕定制除外。' },
  croissant: { name: '免费可颂兑换券', kind: 'exchange', exchangeItem: '原味可颂一个', validDays: 14, usageNotes: '到店出示券码，每日下午两点后现烤。' },
};
const OFFERS: Record<OfferKey, { name: string; headline: string; description: string }> = {
  amount: { name: '新客见面礼', headline: '送你一张满30减10', description: '每天清晨现烤，欢迎来尝。' },
  percent: { name: '到店扫码礼', headline: '今天起，面包8折', description: '下次来还能用。' },
  croissant: { name: '朋友圈可颂日', headline: '请你吃一个可颂', description: '黄油香，层层酥。' },
};
const LINKS: Record<Source, string> = { jd_search: '京东搜索落地页', douyin_ad: '抖音同城广告', shop_qr: '收银台桌牌', wechat_moments: '店长朋友圈' };
const TAGS = { regular: '回头客', croissant: '爱吃可颂', wrote: '咨询过' } as const;

export interface Shop {
  api: Api;
  tenantId: string;
  slug: string;
  email: string;
  password: string;
  appid: string;
  channelId: string;
  /** The platform's template ids, and ours. */
  external: Record<TemplateKey, string>;
  templates: Record<TemplateKey, string>;
  coupons: Record<OfferKey, string>;
  offers: Record<OfferKey, string>;
  links: Record<Source, { id: string; code: string }>;
  tags: Record<keyof typeof TAGS, string>;
}

/** Steps that `openShop` counts. */
export const SHOP_STEPS = 5;

/**
 * Opens a shop. An address that is taken (the shop of an earlier story that was cut off, or of one whose sign-in was lost)
 * is left alone: the story starts over in a new shop, so that its books hold this story and nothing else.
 */
export async function openShop(url: string, simulator: Simulator, emails: Iterable<string>, step: () => void): Promise<Shop> {
  const api = new Api(url);
  const owner = await signUp(api, emails);
  step();
  const connected = await connect(api, simulator, { url, slug: owner.tenant.slug });
  step();
  const coupons = {} as Shop['coupons'];
  for (const key of keysOf(COUPONS)) coupons[key] = await idOf(api, 'mutation ($input: CouponTemplateInput!) { createCouponTemplate(input: $input) { id } }', { input: { stock: 2000, perPersonLimit: 1, validity: 'relative', ...COUPONS[key] } });
  step();
  const offers = {} as Shop['offers'];
  for (const key of keysOf(OFFERS)) offers[key] = await publish(api, { ...OFFERS[key], channelId: connected.channelId, couponTemplateId: coupons[key] }, connected.templates.expiring);
  step();
  const links = {} as Shop['links'];
  for (const source of SOURCES) links[source] = await api.one('mutation ($input: EntryLinkInput!) { createEntryLink(input: $input) { id code } }', { input: { name: LINKS[source], source, offerId: offers[OFFER_OF[source]] } });
  const tags = {} as Shop['tags'];
  for (const key of keysOf(TAGS)) tags[key] = await idOf(api, 'mutation ($name: String!) { createTag(name: $name) { id } }', { name: TAGS[key] });
  step();
  return { api, tenantId: owner.tenant.id, slug: owner.tenant.slug, email: owner.email, password: owner.password, ...connected, coupons, offers, links, tags };
}

const keysOf = <K extends string>(of: Record<K, unknown>): K[] => Object.keys(of) as K[];
const idOf = async (api: Api, query: string, variables: Record<string, unknown>): Promise<string> => (await api.accepted<{ id: string }>(query, variables)).id;

async function signUp(api: Api, emails: Iterable<string>): Promise<{ tenant: { id: string; slug: string }; email: string; password: string }> {
  const password = `chenguang-${randomBytes(5).toString('hex')}`;
  for (const email of emails) {
    const answer = await api.one<{ __typename: string; code?: string; tenant: { id: string; slug: string } }>(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ... on Me { tenant { id slug } } ... on Refusal { code } } }',
      { input: { tenantName: NAME, name: '陈店长', email, password, trade: 'bakery', isDemo: true } },
    );
    if (answer.__typename === 'Me') return { tenant: answer.tenant, email, password };
    if (answer.code === 'sign_up_closed') throw new Error('Sign-up is closed there (SIGN_UP=closed), so no demo shop can be opened.');
    if (answer.code !== 'email_taken') throw new Error(`Signing up was refused: ${answer.code}`);
  }
  throw new Error('Every address of the demo shop is taken.');
}

/** The platform's console and ours, side by side: the app, its callback, its templates. */
async function connect(api: Api, simulator: Simulator, { url, slug }: { url: string; slug: string }) {
  const appid = `wx${randomBytes(8).toString('hex')}`;
  const secret = randomBytes(16).toString('hex');
  const originalId = `gh_${appid.slice(2, 14)}`;
  const external = Object.fromEntries(KEYS.map((key) => [key, randomBytes(32).toString('base64url')])) as Shop['external'];
  await simulator.call('POST', '/sim/apps', {
    appid, secret, originalId, name: NAME,
    homePath: `/p/${slug}/w`,
    routes: { 'pages/offer/index': `/p/${slug}/o/{o}?m={m}` },
    templates: KEYS.map((key) => ({ priTmplId: external[key], ...TEMPLATES[key], type: 2 })),
  });
  const channel = await api.accepted<{ id: string; callbackUrl: string }>(
    'mutation ($input: ConnectChannelInput!) { connectChannel(input: $input) { __typename ... on Channel { id callbackUrl } ... on Refusal { code details } } }',
    { input: { name: NAME, appId: appid, appSecret: secret, originalId } },
  );
  const secrets = await api.one<{ token: string; aesKey: string }>('mutation ($id: ID!) { revealCallbackSecrets(channelId: $id) { token aesKey } }', { id: channel.id });
  // Our own address of it: the public one may be of a proxy that this machine cannot reach.
  const callbackUrl = url + new URL(channel.callbackUrl).pathname;
  await simulator.patchApp(appid, { callbackUrl, ...secrets, mode: 'secure', format: 'json' });
  await simulator.call('POST', `/sim/apps/${appid}/verify`, {});
  const checked = await api.one<{ templates: { id: string; externalId: string }[] }>('mutation ($id: ID!) { checkChannel(id: $id) { templates { id externalId } } }', { id: channel.id });
  const ours = (key: TemplateKey): string => {
    const found = checked.templates.find((template) => template.externalId === external[key]);
    if (!found) throw new Error(`The template ${TEMPLATES[key].title} did not arrive from the platform.`);
    return found.id;
  };
  return { appid, channelId: channel.id, external, templates: { expiring: ours('expiring'), activity: ours('activity'), memberDay: ours('memberDay') } };
}

async function publish(api: Api, offer: Record<string, unknown>, expiring: string): Promise<string> {
  const notices = [{ templateId: expiring, purpose: 'coupon_expiring', fields: { thing1: '{{coupon.name}}', time2: '{{coupon.expires_at}}', thing3: '记得到店使用' } }];
  const id = await idOf(api, 'mutation ($input: OfferInput!) { saveOffer(input: $input) { id } }', { input: { ...offer, notices } });
  await api.accepted('mutation ($id: ID!) { publishOffer(id: $id) { __typename ... on Refusal { code details } } }', { id });
  return id;
}
