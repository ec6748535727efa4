// What a customer does: enters by a link, signs in with the phone's code, answers the prompt, claims, comes back.
import { randomUUID } from 'node:crypto';
import { Client } from './client.ts';
import type { Merchant } from './merchant.ts';
import type { PromptAnswer, Simulator } from './simulator.ts';

export interface Shopper {
  person: string;
  openid: string;
  customerId: string;
  client: Client;
  visitorId: string;
}

/** Enters (by an entry link when given) and signs in with what wx.login gives. */
export async function aShopper(url: string, simulator: Simulator, merchant: Merchant, options: { person?: string; entryCode?: string } = {}): Promise<Shopper> {
  const person = options.person ?? (await simulator.people(1))[0]!.id;
  const visitorId = randomUUID();
  const stranger = new Client(url);
  if (options.entryCode) await stranger.ask('mutation ($slug: String!, $v: String!, $code: String) { recordVisit(tenantSlug: $slug, visitorId: $v, entryCode: $code) { ok } }', { slug: merchant.slug, v: visitorId, code: options.entryCode });
  const { code, openid } = await simulator.login(person, merchant.appid);
  const session = await stranger.one<{ token: string; customerId: string }>(
    'mutation ($slug: String!, $app: String!, $code: String!, $v: String) { signInCustomer(tenantSlug: $slug, appId: $app, code: $code, visitorId: $v) { __typename ... on CustomerSession { token customerId } ... on Refusal { code details } } }',
    { slug: merchant.slug, app: merchant.appid, code, v: visitorId },
  );
  return { person, openid, customerId: session.customerId, client: new Client(url, session.token), visitorId };
}

/** Answers one prompt on the phone; the page reports it as a client does, the platform by its callback. */
export async function answerPrompt(simulator: Simulator, merchant: Merchant, shopper: Shopper, answers: Record<string, PromptAnswer>): Promise<void> {
  const { result } = await simulator.prompt(shopper.person, merchant.appid, answers);
  const given = Object.entries(result)
    .filter(([id]) => id in answers)
    .map(([templateExternalId, answer]) => ({ templateExternalId, answer }));
  await shopper.client.ask('mutation ($p: String!, $app: String!, $a: [PromptAnswerInput!]!) { reportPrompt(promptId: $p, appId: $app, answers: $a) { credited } }', {
    p: randomUUID(),
    app: merchant.appid,
    a: given,
  });
}

export interface Claimed {
  __typename: string;
  code?: string;
  isRepeat?: boolean;
  coupon?: { id: string; code: string; expiresAt: string };
}

export const claim = (shopper: Shopper, offerId: string) =>
  shopper.client.one<Claimed>('mutation ($id: ID!) { claimOffer(offerId: $id) { __typename ... on ClaimedCoupon { isRepeat coupon { id code expiresAt } } ... on Refusal { code details } } }', { id: offerId });
