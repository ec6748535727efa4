// What a merchant does to get going, by the public API: sign up, connect the mini program, make a coupon, an offer, a segment.
import { randomBytes } from 'node:crypto';
import { Client } from './client.ts';
import type { Simulator } from './simulator.ts';

/** Templates as a merchant chose them on the platform: field types by the platform's rules. */
export const TEMPLATES = [
  { priTmplId: 'tmpl-coupon-expiring', title: '优惠券到期提醒', content: '券名称:{{thing1.DATA}}\n到期时间:{{time2.DATA}}\n温馨提示:{{thing3.DATA}}\n', type: 2 },
  { priTmplId: 'tmpl-new-offer', title: '活动开始提醒', content: '活动名称:{{thing1.DATA}}\n开始时间:{{time2.DATA}}\n', type: 2 },
];

export interface Merchant {
  client: Client;
  tenantId: string;
  slug: string;
  appid: string;
  channelId: string;
  /** Our template id by the platform's. */
  templates: Record<string, string>;
  email: string;
  password: string;
}

/** Signs a merchant up and connects a mini program that the simulator plays. */
export async function aMerchant(url: string, simulator: Simulator, name = '晨光烘焙'): Promise<Merchant> {
  const tag = randomBytes(6).toString('hex');
  const client = new Client(url);
  const email = `owner-${tag}@example.com`;
  const password = `passphrase-${tag}`;
  const me = await client.one<{ tenant: { id: string; slug: string } }>(
    'mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ... on Me { tenant { id slug } } ... on Refusal { code } } }',
    { input: { tenantName: name, name: '店主', email, password, trade: 'bakery' } },
  );
  const appid = `wx${tag}0000`;
  const channel = await connect(client, simulator, { appid, secret: `secret-${tag}`, name });
  return { client, tenantId: me.tenant.id, slug: me.tenant.slug, appid, email, password, ...channel };
}

async function connect(client: Client, simulator: Simulator, app: { appid: string; secret: string; name: string }) {
  await simulator.app({ ...app, originalId: `gh_${app.appid}`, templates: TEMPLATES });
  const channel = await client.one<{ id: string; callbackUrl: string }>(
    'mutation ($input: ConnectChannelInput!) { connectChannel(input: $input) { __typename ... on Channel { id callbackUrl } ... on Refusal { code details } } }',
    { input: { name: app.name, appId: app.appid, appSecret: app.secret, originalId: `gh_${app.appid}` } },
  );
  const secrets = await client.one<{ token: string; aesKey: string }>('mutation ($id: ID!) { revealCallbackSecrets(channelId: $id) { token aesKey } }', { id: channel.id });
  await simulator.patchApp(app.appid, { callbackUrl: channel.callbackUrl, token: secrets.token, aesKey: secrets.aesKey, mode: 'secure', format: 'json' });
  const checked = await client.one<{ templates: { id: string; externalId: string }[] }>('mutation ($id: ID!) { checkChannel(id: $id) { status templates { id externalId } } }', { id: channel.id });
  return { channelId: channel.id, templates: Object.fromEntries(checked.templates.map((t) => [t.externalId, t.id])) };
}

/** A coupon of 10 yuan off 30, valid for 30 days from claiming. */
export const aCoupon = (merchant: Merchant, input: Record<string, unknown> = {}) =>
  merchant.client.one<{ id: string }>('mutation ($input: CouponTemplateInput!) { createCouponTemplate(input: $input) { id } }', {
    input: { name: '满30减10元券', kind: 'amount', valueFen: 1000, minSpendFen: 3000, stock: 1000, perPersonLimit: 1, validity: 'relative', validDays: 30, ...input },
  });

/** A published offer: the coupon with its expiry reminder. */
export async function anOffer(merchant: Merchant, couponTemplateId: string): Promise<{ id: string; url: string }> {
  const offer = await merchant.client.one<{ id: string; url: string }>('mutation ($input: OfferInput!) { saveOffer(input: $input) { id url } }', {
    input: {
      name: '到店礼',
      headline: '送你一张满减券',
      channelId: merchant.channelId,
      couponTemplateId,
      notices: [
        {
          templateId: merchant.templates['tmpl-coupon-expiring'],
          purpose: 'coupon_expiring',
          fields: { thing1: '{{coupon.name}}', time2: '{{coupon.expires_at}}', thing3: '记得到店使用' },
        },
      ],
    },
  });
  await merchant.client.ask('mutation ($id: ID!) { publishOffer(id: $id) { __typename ... on Refusal { code details } } }', { id: offer.id });
  return offer;
}
