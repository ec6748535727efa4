// The inbox over HTTP: a customer writes, a clerk answers while the window is open, and nothing is sent twice or too often.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ledgerBalance } from '../support/campaign.ts';
import { Client, eventually } from '../support/client.ts';
import { aShopper } from '../support/customer.ts';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { startStack, type Stack } from '../support/stack.ts';

let stack: Stack;
let merchant: Merchant;
beforeAll(async () => {
  stack = await startStack();
  merchant = await aMerchant(stack.url, stack.simulator);
});
afterAll(() => stack?.stop());

interface Row { id: string; customerId: string; unread: number; lastText: string; window: { state: string; sendsLeft: number; endsAt: string | null } }
interface Line { by: string; text: string; state: string | null }
type Answer = { __typename: string; state?: string; code?: string };

const rows = async (client: Client = merchant.client, filter = 'all'): Promise<Row[]> =>
  (await client.one<{ items: Row[] }>('query ($f: ConversationFilter!) { conversations(filter: $f) { items { id customerId unread lastText window { state sendsLeft endsAt } } } }', { f: filter })).items;
const lines = async (id: string): Promise<Line[]> =>
  (await merchant.client.one<{ messages: { items: Line[] } }>('query ($id: ID!) { conversation(id: $id) { messages { items { by text state } } } }', { id })).messages.items;
/** The field as it comes: a refusal is what we look at here. */
const reply = async (id: string, text: string, key: string = randomUUID(), client: Client = merchant.client): Promise<Answer> => {
  const { data, errors } = await client.raw<{ replyToConversation: Answer }>(
    'mutation ($id: ID!, $text: String!, $key: String!) { replyToConversation(id: $id, text: $text, clientKey: $key) { __typename ... on ConversationMessage { state } ... on Refusal { code } } }', { id, text, key });
  if (!data) throw new Error(JSON.stringify(errors));
  return data.replyToConversation;
};

/** Somebody who wrote, as a conversation that has arrived. */
async function aWriter(text: string): Promise<{ person: string; row: Row }> {
  const shopper = await aShopper(stack.url, stack.simulator, merchant);
  await stack.simulator.say(shopper.person, merchant.appid, text);
  const row = await eventually(async () => (await rows()).find((one) => one.customerId === shopper.customerId && one.window.state === 'open'), (found) => found !== undefined);
  return { person: shopper.person, row: row! };
}
const received = async (person: string): Promise<string[]> =>
  (await stack.simulator.call<{ lines: { from: string; text: string }[] }>('GET', `/sim/people/${person}/chat?appid=${merchant.appid}`)).lines.filter((line) => line.from !== 'me').map((line) => line.text);

describe('the inbox', () => {
  it('shows what a customer wrote and carries the answer back, within the window', async () => {
    const { person, row } = await aWriter('还有蛋糕吗');
    expect(row).toMatchObject({ unread: 1, lastText: '还有蛋糕吗', window: { state: 'open', sendsLeft: 5 } });
    expect(await reply(row.id, '有的，今天现烤')).toEqual({ __typename: 'ConversationMessage', state: 'sent' });
    expect(await received(person)).toEqual(['有的，今天现烤']);
    expect(await lines(row.id)).toEqual([{ by: 'staff', text: '有的，今天现烤', state: 'sent' }, { by: 'customer', text: '还有蛋糕吗', state: null }]);
    expect((await rows()).find((one) => one.id === row.id)).toMatchObject({ unread: 0, window: { state: 'open', sendsLeft: 4 } });
  });

  it('sends one text for fifty calls with one key, and the last send of a window to one of fifty', async () => {
    const { person, row } = await aWriter('在吗');
    const same = await Promise.all(Array.from({ length: 50 }, () => reply(row.id, '在的', 'fifty-times-the-same')));
    expect(same.filter((one) => one.__typename === 'ConversationMessage')).toHaveLength(50);
    for (let i = 0; i < 3; i += 1) await reply(row.id, `第${i}句`);
    const race = await Promise.all(Array.from({ length: 50 }, (_, i) => reply(row.id, `最后一句 ${i}`)));
    expect(race.filter((one) => one.state === 'sent')).toHaveLength(1);
    expect(new Set(race.filter((one) => one.code).map((one) => one.code))).toEqual(new Set(['window_used_up']));
    expect(await received(person)).toHaveLength(5);
    expect(await ledgerBalance(merchant.client)).toMatchObject({ offBalance: 0, drift: 0 });
    await stack.simulator.say(person, merchant.appid, '谢谢');
    await eventually(async () => (await rows()).find((one) => one.id === row.id)?.window, (window) => window?.state === 'open' && window.sendsLeft === 5);
  });

  it('is open to an API key that may reply, and to none that may only read', async () => {
    const { row } = await aWriter('几点开门');
    const key = async (scopes: string[]): Promise<Client> =>
      new Client(stack.url, (await merchant.client.one<{ secret: string }>('mutation ($s: [String!]!) { createApiKey(name: "inbox", scopes: $s) { secret } }', { s: scopes })).secret);
    const [reader, writer] = [await key(['message.read']), await key(['message.read', 'message.reply'])];
    expect((await rows(reader, 'unread')).map((one) => one.id)).toContain(row.id);
    await expect(reply(row.id, '九点', randomUUID(), reader)).rejects.toThrow('FORBIDDEN');
    expect(await reply(row.id, '九点', randomUUID(), writer)).toMatchObject({ state: 'sent' });
  });

  it('hears WeChat Customer Service by its push, greets, and answers as the account that was written to', async () => {
    const { simulator } = stack;
    const [corpid, secret] = [`ww${randomBytes(8).toString('hex')}`, randomBytes(16).toString('hex')];
    await simulator.call('POST', '/sim/corps', { corpid, name: '晨光烘焙', secret, employees: [{ userid: 'lily' }] });
    const { openKfid } = await simulator.call<{ openKfid: string }>('POST', `/sim/corps/${corpid}/kf`, { name: '门店客服' });
    const channel = await merchant.client.one<{ id: string; callbackUrl: string }>(
      'mutation ($input: ConnectChannelInput!) { connectChannel(input: $input) { __typename ... on Channel { id callbackUrl } ... on Refusal { code details } } }', { input: { platform: 'wechat_kf', name: '微信客服', appId: corpid, appSecret: secret } });
    const { token, aesKey } = await merchant.client.one<{ token: string; aesKey: string }>('mutation ($id: ID!) { revealCallbackSecrets(channelId: $id) { token aesKey } }', { id: channel.id });
    await simulator.call('PATCH', `/sim/corps/${corpid}`, { callbackUrl: channel.callbackUrl, token, aesKey, events: ['kf'] });
    expect(await simulator.call('POST', `/sim/corps/${corpid}/verify`, {})).toMatchObject({ ok: true });
    const [account] = await eventually(() => merchant.client.one<{ id: string; name: string }[]>('query ($id: ID!) { kfAccounts(channelId: $id) { id name } }', { id: channel.id }), (all) => all.length === 1);
    await merchant.client.ask('mutation ($id: ID!) { setKfWelcome(accountId: $id, text: "您好，欢迎光临") { id } }', { id: account!.id });

    const [person] = await simulator.people(1);
    const at = { corpid, openKfid };
    await simulator.call('POST', `/sim/people/${person!.id}/kf/enter`, { ...at, scene: 'store' });
    const chat = async (): Promise<string[]> => (await simulator.call<{ lines: { from: string; text: string }[] }>('GET', `/sim/people/${person!.id}/kf/chat?corpid=${corpid}&openKfid=${openKfid}`)).lines.filter((line) => line.from !== 'me').map((line) => line.text);
    await eventually(chat, (texts) => texts.includes('您好，欢迎光临'));
    await simulator.call('POST', `/sim/people/${person!.id}/kf/say`, { ...at, text: '可以送货吗' });
    const row = await eventually(async () => (await rows()).find((one) => one.lastText === '可以送货吗'), (found) => found?.window.state === 'open');
    expect(await reply(row!.id, '可以，三公里内免费')).toMatchObject({ state: 'sent' });
    expect((await chat()).at(-1)).toBe('可以，三公里内免费');
    expect(await ledgerBalance(merchant.client)).toMatchObject({ offBalance: 0, drift: 0 });
  });
});
