// The mini program over HTTP: every way the platform can call us, its address check in a crowd, and a token that dies in mid-campaign.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, signedQuery } from '../support/callback.ts';
import { aCampaign, aSegment, campaignNow, completed, launch, ledgerBalance } from '../support/campaign.ts';
import { eventually } from '../support/client.ts';
import { aCrowd } from '../support/crowd.ts';
import { aShopper } from '../support/customer.ts';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { startStack, type Stack } from '../support/stack.ts';

const TEMPLATE = 'tmpl-new-offer';
const SEND = '/cgi-bin/message/subscribe/send';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

interface Permit { kind: string; scope: string; remaining: number | null }

/** What the ledger holds of one customer, as kind and number. */
const permitsOf = async (merchant: Merchant, customerId: string): Promise<Record<string, number | null>> => {
  const { permits } = await merchant.client.one<{ permits: Permit[] }>('query ($id: ID!) { customer(id: $id) { permits { kind scope remaining } } }', { id: customerId });
  return Object.fromEntries(permits.map((permit) => [permit.kind, permit.remaining]));
};

describe('callbacks', () => {
  let merchant: Merchant;
  beforeAll(async () => {
    merchant = await aMerchant(stack.url, stack.simulator);
  });

  it.each([
    ['plain', 'json'], ['plain', 'xml'], ['compat', 'json'], ['compat', 'xml'], ['secure', 'json'], ['secure', 'xml'],
  ] as const)('in %s mode and %s: the address is verified, a prompt’s answer is a permit, a word opens the window', async (mode, format) => {
    await merchant.client.ask('mutation ($id: ID!, $input: UpdateChannelInput!) { updateChannel(id: $id, input: $input) { __typename } }', { id: merchant.channelId, input: { callbackMode: mode, callbackFormat: format } });
    await stack.simulator.patchApp(merchant.appid, { mode, format });
    expect(await stack.simulator.call('POST', `/sim/apps/${merchant.appid}/verify`)).toMatchObject({ ok: true });
    const shopper = await aShopper(stack.url, stack.simulator, merchant);
    await stack.simulator.prompt(shopper.person, merchant.appid, { [TEMPLATE]: 'accept' }); // told by the platform alone
    await stack.simulator.say(shopper.person, merchant.appid, '<在吗> & "好" ]]>');
    await eventually(() => permitsOf(merchant, shopper.customerId), (permits) => permits['one_time_subscription'] === 1 && permits['service_window'] === 5);
    const { callbacks } = await stack.simulator.stats<{ callbacks: { failed: number } }>(merchant.appid);
    expect(callbacks.failed).toBe(0);
    expect((await ledgerBalance(merchant.client)).offBalance).toBe(0);
  });

  it('fifty address checks at once: each gets its own echo, and a wrong signature none', async () => {
    const address = await addressOf(merchant);
    const check = async (query: Record<string, string>): Promise<string> => {
      const answer = await fetch(`${address.url}?${new URLSearchParams(query).toString()}`);
      return `${answer.status} ${await answer.text()}`;
    };
    const echoes = Array.from({ length: 50 }, () => randomUUID());
    expect(await Promise.all(echoes.map((echostr) => check({ ...signedQuery(address), echostr })))).toEqual(echoes.map((echostr) => `200 ${echostr}`));
    const refused = await Promise.all(echoes.map((echostr) => check({ ...signedQuery({ token: 'NotOurToken' }), echostr })));
    expect(new Set(refused)).toEqual(new Set(['403 bad_signature']));
    expect(await check({ ...signedQuery(address, Date.now() - 3_600_000), echostr: 'old' })).toBe('403 stale');
  });
});

describe('the access token', () => {
  interface Stats { calls: Record<string, number>; refusals: Record<string, number>; received: { subscribe: number }; people: { mostSubscribe: number }; tokens: { issued: number } }

  it('dies with 42001 in mid-campaign: one refresh for all that are under way, and everybody is reached once', async () => {
    const people = 240;
    const merchant = await aMerchant(stack.url, stack.simulator);
    await merchant.client.ask('mutation ($id: ID!) { updateChannel(id: $id, input: { sendRatePerSecond: 40 }) { __typename } }', { id: merchant.channelId });
    await aCrowd(stack.url, stack.simulator, merchant, { count: people, templateId: TEMPLATE });
    await eventually(() => ledgerBalance(merchant.client), (books) => books.remaining === people, 60);
    const stats = () => stack.simulator.stats<Stats>(`${merchant.appid}&people=0`);
    const before = await stats();
    const { id } = await aCampaign(merchant, (await aSegment(merchant, '所有人')).id, TEMPLATE);
    await launch(merchant.client, id);
    await eventually(stats, ({ received }) => received.subscribe >= 40, 60);
    await stack.simulator.call('POST', '/sim/clock', { advanceMs: 7_260_000 }); // the platform's two hours are over; ours are not
    expect((await campaignNow(merchant.client, id)).progress.planned).toBeGreaterThan(0);
    await completed(merchant.client, id);
    expect((await campaignNow(merchant.client, id)).progress).toMatchObject({ audience: people, sent: people, unknown: 0, failed: 0, refused: 0 });
    const after = await stats();
    expect(after.refusals[`${SEND} 42001`]).toBeGreaterThan(0);
    expect(after).toMatchObject({ received: { subscribe: people }, people: { mostSubscribe: 1 } });
    expect(after.tokens.issued).toBe(before.tokens.issued + 1);
    expect(await ledgerBalance(merchant.client)).toEqual({ remaining: 0, offBalance: 0, drift: 0 });
    // The API is another process that still holds the dead token: it finds the new one instead of fetching a third.
    const synced = await merchant.client.one<{ __typename: string }>('mutation ($id: ID!) { syncTemplates(channelId: $id) { __typename } }', { id: merchant.channelId });
    expect(synced.__typename).toBe('Channel');
    expect((await stats()).tokens.issued).toBe(after.tokens.issued);
  });
});
