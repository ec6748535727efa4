// kill -9 of the worker and a crash of the database, each in the middle of a dispatch to 600 people: nobody is written to twice,
// nobody is lost, what cannot be known is marked unknown, and the books balance.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptAll, aCrowd } from '../support/crowd.ts';
import { aCampaign, aSegment, campaignNow, completed, launch, ledgerBalance } from '../support/campaign.ts';
import { eventually } from '../support/client.ts';
import type { Shopper } from '../support/customer.ts';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { endProcess, startStack, type Stack } from '../support/stack.ts';

const PEOPLE = 600;
const TEMPLATE = 'tmpl-new-offer';
const SEND = '/cgi-bin/message/subscribe/send';

interface Stats { received: { subscribe: number }; byPerson: Record<string, { subscribe: number }> }

let stack: Stack;
let merchant: Merchant;
let crowd: Shopper[];
let segmentId: string;

beforeAll(async () => {
  stack = await startStack({ durable: true });
  merchant = await aMerchant(stack.url, stack.simulator);
  // Slow enough that the crash meets sends under way and messages that wait.
  await merchant.client.ask('mutation ($id: ID!) { updateChannel(id: $id, input: { sendRatePerSecond: 60 }) { __typename } }', { id: merchant.channelId });
  await stack.simulator.fault({ path: SEND, kind: 'slow', delayMs: 1500, appid: merchant.appid });
  // One permit more than is needed: a second send to the same person would be delivered, and so be seen.
  crowd = await aCrowd(stack.url, stack.simulator, merchant, { count: PEOPLE, templateId: TEMPLATE });
  segmentId = (await aSegment(merchant, '所有人')).id;
}, 300_000);
afterAll(() => stack?.stop());

const stats = () => stack.simulator.stats<Stats>(merchant.appid);
const timesOf = (of: Stats, { person }: Shopper): number => of.byPerson[person]?.subscribe ?? 0;

/** Launches a campaign to everybody and comes back in the middle of its dispatch. */
async function inMidDispatch(name: string): Promise<{ id: string; before: Stats }> {
  await acceptAll(stack.simulator, merchant, crowd, TEMPLATE);
  await eventually(() => ledgerBalance(merchant.client), (books) => books.remaining === 2 * PEOPLE, 60);
  const before = await stats();
  const { id } = await aCampaign(merchant, segmentId, TEMPLATE, { name });
  expect((await launch(merchant.client, id)).__typename).toBe('Campaign');
  const swing = async () => ({ received: (await stats()).received.subscribe - before.received.subscribe, ...(await campaignNow(merchant.client, id)).progress });
  await eventually(swing, ({ received, sending, planned }) => received >= PEOPLE / 5 && sending >= 20 && planned > 0, 90);
  return { id, before };
}

/** Who has which message state in a campaign, as the database holds it. */
async function statesOf(campaignId: string): Promise<Map<string, string[]>> {
  const { rows } = await stack.db.query<{ openid: string; state: string }>(
    `select i.external_id as openid, m.state from messages m join identities i on i.tenant_id = m.tenant_id and i.customer_id = m.customer_id and i.kind = 'openid' where m.dispatch_id = $1`, [campaignId]);
  const states = new Map<string, string[]>();
  for (const { openid, state } of rows) states.set(openid, [...(states.get(openid) ?? []), state]);
  return states;
}

async function everythingAddsUp(id: string, before: Stats): Promise<void> {
  await completed(merchant.client, id, 300);
  await stack.simulator.call('GET', '/sim/idle?timeoutMs=30000');
  const { progress } = await campaignNow(merchant.client, id);
  expect(progress).toMatchObject({ audience: PEOPLE, planned: 0, leased: 0, sending: 0, refused: 0, failed: 0, skipped: 0 });
  expect(progress.sent + progress.unknown).toBe(PEOPLE);
  const [after, states] = [await stats(), await statesOf(id)];
  const wrong = crowd.filter((shopper) => {
    const received = timesOf(after, shopper) - timesOf(before, shopper);
    const [state, ...more] = states.get(shopper.openid) ?? ['none'];
    return more.length > 0 || received > 1 || (state === 'sent' ? received !== 1 : state !== 'unknown');
  });
  expect(wrong.map((shopper) => [states.get(shopper.openid), timesOf(after, shopper)])).toEqual([]);
  // A reserved permit came back to nobody and was taken from nobody twice.
  expect(await ledgerBalance(merchant.client)).toEqual({ remaining: PEOPLE, offBalance: 0, drift: 0 });
}

describe('in the middle of a dispatch', () => {
  it('the worker is killed with -9 and started again', async () => {
    const { id, before } = await inMidDispatch('工作进程崩溃');
    await endProcess(stack.worker(), 'SIGKILL');
    const { state, progress } = await campaignNow(merchant.client, id);
    expect(state).toBe('sending');
    expect(progress.planned).toBeGreaterThan(0);
    expect(progress.sending).toBeGreaterThan(0);
    expect((await ledgerBalance(merchant.client)).offBalance).toBe(0);
    await stack.startWorker();
    await everythingAddsUp(id, before);
  }, 480_000);

  it('the database crashes and recovers, while API and worker live on', async () => {
    const { id, before } = await inMidDispatch('数据库崩溃');
    const worker = stack.worker();
    await stack.crashPostgres();
    const { state, progress } = await eventually(() => campaignNow(merchant.client, id).catch(() => undefined), (campaign) => campaign !== undefined, 60) as Awaited<ReturnType<typeof campaignNow>>;
    expect(state).toBe('sending');
    expect(progress.planned).toBeGreaterThan(0);
    if (worker.exitCode !== null || worker.signalCode !== null) await stack.startWorker(); // as its supervisor would
    await everythingAddsUp(id, before);
  }, 480_000);
});
