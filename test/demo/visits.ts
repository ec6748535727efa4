// The wave: each person enters, signs in, is prompted, claims, writes, redeems, comes back. What really happened is kept on the person.
import { randomUUID } from 'node:crypto';
import type { Simulator } from '../support/simulator.ts';
import { Api } from './api.ts';
import { type Answer, type OfferKey, OFFER_OF, type Part, type Source } from './cast.ts';
import type { Shop, TemplateKey } from './shop.ts';

export interface Held {
  code: string;
  offer: OfferKey;
  isRedeemed: boolean;
}

/** One person with their part and the facts of what they did, as this side saw them. */
export interface Person {
  id: string;
  name: string;
  part: Part;
  visitorId: string;
  api: Api | undefined;
  customerId: string | undefined;
  coupons: Held[];
  /** Prompts that the platform answered with accept, by template. */
  accepts: Record<TemplateKey, number>;
  touches: Source[];
  orders: number[];
  wrote: boolean;
  isNamed: boolean;
}

export interface World {
  url: string;
  simulator: Simulator;
  shop: Shop;
  /** How many act at once. */
  width: number;
  /** How long totals may take to agree, in seconds. */
  patience: number;
}

export const newPerson = ({ id, name }: { id: string; name: string }, part: Part): Person => ({
  id, name, part, visitorId: randomUUID(), api: undefined, customerId: undefined, coupons: [], accepts: { expiring: 0, activity: 0, memberDay: 0 },
  touches: [], orders: [], wrote: false, isNamed: false,
});

/** The first visit, from the link to the till. */
export async function firstVisit(world: World, person: Person): Promise<void> {
  const { part } = person;
  await enter(world, person, part.source);
  if (part.justLooks) return;
  await signIn(world, person);
  await promptThenClaim(world, person, part.source, part.answer);
  if (part.writes !== undefined) {
    await world.simulator.say(person.id, world.shop.appid, part.writes);
    person.wrote = true;
  }
  if (part.redeemsAtOnce && (await redeem(world, person, part.orderFen)) && part.takesMemberDay) await prompt(world, person, 'memberDay', 'accept');
  if (part.isNamed) await learnName(world, person);
}

/** A few come again, by the code in the shop. */
export async function comeBack(world: World, person: Person): Promise<void> {
  await enter(world, person, 'shop_qr');
  await promptThenClaim(world, person, 'shop_qr', person.part.answersAgain);
}

/** Arrives by a link, as the page reports it: with the token when it has one. */
export async function enter(world: World, person: Person, source: Source): Promise<void> {
  const api = person.api ?? new Api(world.url);
  await api.one('mutation ($slug: String!, $v: String!, $code: String) { recordVisit(tenantSlug: $slug, visitorId: $v, entryCode: $code) { ok } }', {
    slug: world.shop.slug, v: person.visitorId, code: world.shop.links[source].code,
  });
  person.touches.push(source);
}

async function signIn({ url, simulator, shop }: World, person: Person): Promise<void> {
  const { code } = await simulator.login(person.id, shop.appid);
  const session = await new Api(url).accepted<{ token: string; customerId: string }>(
    'mutation ($slug: String!, $app: String!, $code: String!, $v: String) { signInCustomer(tenantSlug: $slug, appId: $app, code: $code, visitorId: $v) { __typename ... on CustomerSession { token customerId } ... on Refusal { code details } } }',
    { slug: shop.slug, app: shop.appid, code, v: person.visitorId },
  );
  person.customerId = session.customerId;
  person.api = new Api(url, session.token);
}

/** The order of the real page: the prompt belongs to the tap, and the coupon comes whatever the answer was. */
async function promptThenClaim(world: World, person: Person, source: Source, answer: Answer): Promise<void> {
  if (!person.part.claims) return;
  await prompt(world, person, 'expiring', answer);
  const offer = OFFER_OF[source];
  const claimed = await person.api!.one<{ __typename: string; code?: string; isRepeat: boolean; coupon: { code: string } }>(
    'mutation ($id: ID!) { claimOffer(offerId: $id) { __typename ... on ClaimedCoupon { isRepeat coupon { code } } ... on Refusal { code details } } }',
    { id: world.shop.offers[offer] },
  );
  const before = person.coupons.find((held) => held.offer === offer);
  if (claimed.__typename === 'Refusal') {
    // one per person: used up is used up
    if (before?.isRedeemed && claimed.code === 'limit_reached') return;
    throw new Error(`${person.name}'s claim was refused: ${claimed.code}.`);
  }
  const isKnown = before?.code === claimed.coupon.code;
  if (isKnown !== claimed.isRepeat) throw new Error(`${person.name}: the claim says isRepeat=${claimed.isRepeat}, but the coupon was ${isKnown ? '' : 'not '}held.`);
  if (!isKnown) person.coupons.push({ code: claimed.coupon.code, offer, isRedeemed: false });
}

async function prompt({ simulator, shop }: World, person: Person, template: TemplateKey, answer: Answer): Promise<void> {
  const id = shop.external[template];
  const { result } = await simulator.call<{ result: Record<string, 'accept' | 'reject' | 'ban' | 'filter'> }>('POST', `/sim/people/${person.id}/prompt`, {
    appid: shop.appid, templateIds: [id], answers: { [id]: answer === 'always' ? 'accept' : answer }, always: answer === 'always',
  });
  if (result[id] === 'accept') person.accepts[template] += 1;
  await person.api!.one('mutation ($p: String!, $app: String!, $a: [PromptAnswerInput!]!) { reportPrompt(promptId: $p, appId: $app, answers: $a) { credited } }', {
    p: randomUUID(), app: shop.appid, a: [{ templateExternalId: id, answer: result[id] }],
  });
}

/** At the till, by the merchant. @returns whether there was a coupon to take */
export async function redeem({ shop }: World, person: Person, orderFen: number): Promise<boolean> {
  const held = person.coupons.find((one) => !one.isRedeemed);
  if (!held) return false;
  await shop.api.accepted(
    'mutation ($code: String!, $fen: Fen, $key: String!, $store: String) { redeemCoupon(code: $code, orderFen: $fen, requestKey: $key, store: $store) { __typename ... on Redemption { id } ... on Refusal { code details } } }',
    { code: held.code, fen: orderFen, key: randomUUID(), store: person.part.store },
  );
  held.isRedeemed = true;
  person.orders.push(orderFen);
  return true;
}

async function learnName({ shop }: World, person: Person): Promise<void> {
  await shop.api.one('mutation ($id: ID!, $name: String) { updateCustomer(id: $id, input: { name: $name }) { id } }', { id: person.customerId, name: person.name });
  person.isNamed = true;
}
