// A customer's phone: an entry link, the tap, the prompt's sheet, the coupon, the wallet, a recall message and back.
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/client.ts';
import { aCoupon, aMerchant, anOffer, type Merchant } from '../support/merchant.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { isTooWide, launchChromium, PHONE, violations } from './support/chromium.ts';

const APP_NAME = '晨光烘焙';
let stack: Stack;
let merchant: Merchant;
let offer: { id: string; url: string };
let entryCode: string;
let browser: Browser;

beforeAll(async () => {
  stack = await startStack({ pages: true });
  merchant = await aMerchant(stack.url, stack.simulator, APP_NAME);
  await stack.simulator.call('PATCH', `/sim/apps/${merchant.appid}`, { routes: { 'pages/offer/index': `/p/${merchant.slug}/o/{o}?m={m}` } });
  offer = await anOffer(merchant, (await aCoupon(merchant, { usageNotes: '每单限用一张，特价商品除外。' })).id);
  const link = await merchant.client.one<{ code: string }>('mutation ($input: EntryLinkInput!) { createEntryLink(input: $input) { code } }', { input: { name: '京东搜索', source: 'jd_search', offerId: offer.id } });
  entryCode = link.code;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

let page: Page;
beforeEach(async () => {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: PHONE });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return () => context.close();
});

const newPerson = async () => (await stack.simulator.people(1))[0]!.id;
const open = (path: string) => page.goto(`${stack.url}/p/${merchant.slug}/${path}`);
const claimButton = { name: '领取优惠券' };

async function openPhone(person: string, path: string): Promise<FrameLocator> {
  const query = new URLSearchParams({ person, appid: merchant.appid, open: `/p/${merchant.slug}/${path}` });
  await page.goto(`${stack.url}/sim/phone/?${query.toString()}`);
  return page.frameLocator(`iframe[title="${APP_NAME}"]`);
}

async function claimInPhone(person: string, answer: '允许' | '取消'): Promise<{ program: FrameLocator; code: string }> {
  const program = await openPhone(person, `e/${entryCode}`);
  await program.getByRole('button', claimButton).click();
  await page.getByRole('dialog', { name: '订阅消息' }).getByRole('button', { name: answer }).click();
  return { program, code: await codeOn(program) };
}

const codeOn = async (where: Page | FrameLocator): Promise<string> => ((await where.locator('[data-code]').textContent()) ?? '').replaceAll(' ', '');

it('claims by an entry link, accepts, and comes back by a recall message', async () => {
  const person = await newPerson();
  const { program, code } = await claimInPhone(person, '允许');
  await program.getByText('到期前会提醒你').waitFor();
  await program.getByRole('link', { name: '我的卡包' }).click();
  await program.getByText('可使用', { exact: true }).waitFor();
  expect(await codeOn(program)).toBe(code);

  const books = await eventually(() => merchant.client.one<{ remaining: number; offBalance: number }>('{ ledgerBalance { remaining offBalance } }'), (b) => b.remaining > 0);
  expect(books).toEqual({ remaining: 1, offBalance: 0 });
  const campaignId = await launch();
  await page.getByRole('status').getByRole('button').click({ timeout: 60_000 });
  await page.getByRole('button', { name: '进入小程序查看' }).last().click();
  await program.getByRole('button', claimButton).waitFor();
  const report = await eventually(
    () => merchant.client.one<{ report: { tapped: number } }>('query ($id: ID!) { campaign(id: $id) { report { sent tapped } } }', { id: campaignId }),
    (c) => c.report.tapped === 1,
  );
  expect(report).toEqual({ report: { sent: 1, tapped: 1 } });
});

/** A recall of those who came by the link and accepted. */
async function launch(): Promise<string> {
  const segment = await merchant.client.one<{ id: string }>('mutation ($rule: JSON!) { saveSegment(name: "京东来客", rule: $rule) { id } }', { rule: { version: 1, root: { and: [{ type: 'source', in: ['jd_search'] }] } } });
  const contents = [{ kind: 'subscription', channelId: merchant.channelId, templateId: merchant.templates['tmpl-coupon-expiring'], fields: { thing1: '满30减10元券', time2: '2026-12-24 18:00', thing3: '记得到店使用' } }];
  const campaign = await merchant.client.one<{ id: string }>('mutation ($input: CampaignInput!) { saveCampaign(input: $input) { __typename ... on Campaign { id } ... on Refusal { code details } } }', {
    input: { name: '到期召回', segmentId: segment.id, holdoutPercent: 0, offerId: offer.id, quietFrom: null, quietUntil: null, contents },
  });
  await merchant.client.ask('mutation ($id: ID!) { launchCampaign(id: $id) { __typename ... on Refusal { code details } } }', { id: campaign.id });
  return campaign.id;
}

it('gives the coupon to who refuses the reminder, and the same one to who asks again', async () => {
  const person = await newPerson();
  const { program, code } = await claimInPhone(person, '取消');
  await program.getByText('未开启提醒，也已为你保留优惠券').waitFor();
  const again = await claimInPhone(person, '取消');
  await again.program.getByText('这张券已在你的卡包里').waitFor();
  expect(again.code).toBe(code);
});

it('a phone that changes hands never shows another person’s coupon', async () => {
  const first = await claimInPhone(await newPerson(), '取消');
  const second = await claimInPhone(await newPerson(), '取消');
  await second.program.getByText('领取成功').waitFor();
  expect(second.code).not.toBe(first.code);
});

it('keeps the coupon when the answer to the claim is lost', async () => {
  let lost = 0;
  await page.route('**/graphql', async (route) => {
    if (!(route.request().postData() ?? '').includes('claimOffer') || lost > 0) return route.continue();
    lost += 1;
    await route.fetch(); // the server does the work, the page never hears of it
    return route.abort('connectionreset');
  });
  await open(`o/${offer.id}`);
  await page.getByRole('button', claimButton).click();
  const code = await codeOn(page);
  expect(lost).toBe(1);
  await page.getByRole('link', { name: '我的卡包' }).click();
  await page.getByText('可使用', { exact: true }).waitFor();
  expect(await codeOn(page)).toBe(code);
});

it('signs in again when the token is over, and records a consent only when it was ticked', async () => {
  await page.addInitScript((key) => localStorage.setItem(key, 'hp1.gone.bad'), `huiliu.${merchant.slug}.token`);
  const consents = async () => (await stack.db.query<{ n: number }>("select count(*)::int as n from consents where action = 'given'")).rows[0]!.n;
  await open(`o/${offer.id}`);
  await page.getByRole('checkbox').check();
  expect(await consents()).toBe(0);
  await page.getByRole('button', claimButton).click();
  await codeOn(page);
  await eventually(consents, (n) => n === 1);
});

it('says what happened when coupons ran out, the offer ended or the link is broken', async () => {
  const few = await anOffer(merchant, (await aCoupon(merchant, { name: '限量券', stock: 1 })).id);
  await open(`o/${few.id}`);
  const other = await browser.newPage({ locale: 'zh-CN' });
  await other.goto(`${stack.url}/p/${merchant.slug}/o/${few.id}`);
  await other.getByRole('button', claimButton).click();
  await codeOn(other);
  await other.close();
  await page.getByRole('button', claimButton).click();
  await page.getByRole('alert').getByText('优惠券已领完').waitFor();
  await merchant.client.ask('mutation ($id: ID!) { endOffer(id: $id) { id } }', { id: few.id });
  await page.reload();
  await page.getByText('活动已结束').waitFor();
  await open('e/nosuchlink');
  await page.getByText('没有找到这个活动').waitFor();
  await page.route('**/graphql', (route) => route.abort());
  await open(`o/${offer.id}`);
  await page.getByText('网络不太稳定').waitFor();
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: '再试一次' }).click();
  await page.getByRole('button', claimButton).waitFor();
});

it('is accessible and fits a narrow phone, in the light and in the dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 320, height: 640 });
    await open(`o/${offer.id}`);
    await page.getByRole('button', { name: '查看说明' }).click();
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await page.getByRole('button', claimButton).click();
    await codeOn(page);
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
    await open('w');
    await codeOn(page);
    expect(await violations(page)).toEqual([]);
    expect(await isTooWide(page)).toBe(false);
  }
});
