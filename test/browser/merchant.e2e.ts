// The whole main job in Chromium, as a merchant does it in the console and a customer on the phone.
import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/client.ts';
import { answerPrompt, aShopper, claim } from '../support/customer.ts';
import { type Merchant, TEMPLATES } from '../support/merchant.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { DESKTOP, isTooWide, launchChromium, PHONE, violations, watchErrors } from './support/chromium.ts';
import { MerchantConsole } from './support/merchant-console.ts';
import { CustomerPhone } from './support/phone.ts';

const tag = randomBytes(6).toString('hex');
const app = { appid: `wx${tag}0000`, secret: `secret-${tag}`, name: '晨光烘焙' };
const SHOTS = process.env['SHOTS'];
/** Beside the person with the phone: these many accept the reminder, and one more refuses it. */
const OTHERS = 4;
const REMINDER = 'tmpl-coupon-expiring';

let stack: Stack;
let browser: Browser;
let desk: MerchantConsole;
let phone: CustomerPhone;
let errors: string[];
let offerPath: string;
let entryPath: string;
let person: string;
let code: string;

beforeAll(async () => {
  stack = await startStack({ pages: true });
  await stack.simulator.app({ ...app, originalId: `gh_${app.appid}`, templates: TEMPLATES });
  browser = await launchChromium();
  const page = await aPage(DESKTOP);
  errors = watchErrors(page);
  desk = new MerchantConsole(page, stack.url);
  phone = new CustomerPhone(await aPage(PHONE), app);
  person = (await stack.simulator.people(1))[0]!.id;
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function aPage(viewport: { width: number; height: number }, state?: Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN', viewport, reducedMotion: 'reduce', ...(state ? { storageState: state } : {}) });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}
/** The screen as it is now breaks no rule of access and does not scroll sideways. With SHOTS=<folder> it leaves a picture. */
async function look(page: Page, name: string): Promise<void> {
  await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition));
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  expect(await violations(page), name).toEqual([]);
  expect(await isTooWide(page), name).toBe(false);
}

it('signs up', async () => {
  await desk.signUp({ shop: app.name, name: '林晓', email: `owner-${tag}@example.com`, password: `passphrase-${tag}` });
  await desk.page.getByRole('heading', { name: /林晓/u }).waitFor();
  await look(desk.page, '01-home');
});

it('connects the mini program: a wrong secret has its sentence, then the checks tick', async () => {
  await desk.menu('渠道账号');
  await desk.page.getByRole('button', { name: '接入账号' }).first().click();
  await desk.submitCredentials({ ...app, secret: 'not-the-secret' });
  await desk.page.getByRole('alert').getByText('AppSecret 不对或已被重置').waitFor();
  await look(desk.page, '02-wrong-secret');
  await desk.submitCredentials(app);
  const details = await desk.callbackDetails();
  expect(await desk.page.getByText('已通过').count()).toBeLessThan(3);
  await look(desk.page, '03-callback');
  await stack.simulator.patchApp(app.appid, { ...details, mode: 'secure', format: 'json' });
  await stack.simulator.call('POST', `/sim/apps/${app.appid}/verify`);
  await desk.page.getByText('全部通过，可以开始做活动了').waitFor();
  expect(await desk.page.getByText('已通过').count()).toBe(3);
  await look(desk.page, '04-connected');
  await desk.press('完成，查看账号');
  await desk.page.getByText('优惠券到期提醒').first().waitFor();
});

it('makes a coupon, publishes it as an offer, and gets a link for its posters', async () => {
  await desk.makeCoupon({ name: '满30减10元券', yuan: '10', from: '30' });
  await desk.publishOffer();
  offerPath = new URL(desk.page.url()).pathname;
  entryPath = new URL(await desk.makeEntryLink('京东搜索')).pathname;
  const face = desk.page.frameLocator('iframe[title="客人看到的真实页面"]').locator('.face');
  await face.waitFor();
  // The narrow preview keeps the figure on one line.
  expect(await face.evaluate((figure) => figure.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(figure).fontSize))).toBeLessThan(2.2);
  await look(desk.page, '05-offer');
  expect(entryPath).toMatch(/^\/p\/[^/]+\/e\/[^/]+$/u);
});

it('is found by customers, who claim and accept', async () => {
  const slug = entryPath.split('/')[2]!;
  await stack.simulator.call('PATCH', `/sim/apps/${app.appid}`, { routes: { 'pages/offer/index': `/p/${slug}/o/{o}?m={m}` } });
  await phone.scan(stack.url, person, entryPath);
  code = await phone.claim('允许');
  const place = { slug, appid: app.appid } as Merchant;
  const offerId = offerPath.split('/')[2]!;
  for (let number = 0; number <= OTHERS; number += 1) {
    const shopper = await aShopper(stack.url, stack.simulator, place, { entryCode: entryPath.split('/')[4]! });
    expect((await claim(shopper, offerId)).__typename).toBe('ClaimedCoupon');
    await answerPrompt(stack.simulator, place, shopper, { [REMINDER]: number === OTHERS ? 'reject' : 'accept' });
  }
  const accepted = async (): Promise<number> => {
    await desk.page.reload();
    return desk.count('活动效果', '同意提醒');
  };
  await eventually(accepted, (n) => n === OTHERS + 1);
  expect(await desk.count('活动效果', '领到券')).toBe(OTHERS + 2);
  await look(desk.page, '06-offer-report');
});

it('finds the people who can be reminded, counted live', async () => {
  await desk.menu('人群');
  await desk.page.getByRole('button', { name: '新建人群' }).first().click();
  const total = desk.page.locator('.total');
  await desk.press('所有客户');
  await eventually(() => total.innerText(), (text) => Number.parseInt(text, 10) === OTHERS + 2);
  await desk.press('还能提醒');
  await eventually(() => total.innerText(), (text) => Number.parseInt(text, 10) === OTHERS + 1);
  await desk.fill('人群名称', '能提醒的新客');
  await look(desk.page, '07-segment');
  await desk.press('保存人群');
  await desk.toast('「能提醒的新客」已保存');
});

it('launches a campaign after a forecast', async () => {
  await desk.page.getByRole('button', { name: '召回他们：能提醒的新客' }).or(desk.page.getByRole('link', { name: '召回他们：能提醒的新客' })).click();
  await desk.fill('活动名称', '到期召回');
  await look(desk.page, '08-goal');
  await desk.press('下一步');
  await desk.page.getByRole('radio', { name: /能提醒的新客/u, checked: true }).waitFor();
  await desk.press('下一步');
  await desk.page.getByRole('heading', { name: '第 2 种：订阅提醒' }).waitFor();
  await look(desk.page, '09-message');
  await desk.page.setViewportSize(PHONE);
  await look(desk.page, '09-message-phone');
  await desk.page.setViewportSize(DESKTOP);
  await desk.press('下一步');
  await desk.fill('对照组', '0');
  await desk.page.getByRole('switch', { name: '免打扰' }).press('Space');
  await look(desk.page, '10-rules');
  await desk.press('去预览效果');
  await desk.page.getByText('会联系到多少人').waitFor();
  expect(await desk.count('会联系到多少人', '订阅提醒')).toBe(OTHERS + 1);
  expect(await desk.count('会联系到多少人', '联系不到')).toBe(0);
  await look(desk.page, '11-review');
  await desk.page.setViewportSize(PHONE);
  await look(desk.page, '11-review-phone');
  await desk.page.setViewportSize(DESKTOP);
  await desk.press('立即发送');
  const asked = desk.page.getByRole('dialog', { name: `发给 ${OTHERS + 1} 人？` });
  await look(desk.page, '11b-confirm');
  await desk.press('立即发送', asked);
  await desk.toast('开始发送了');
  await desk.page.getByText('全部发完').waitFor({ timeout: 60_000 });
});

it('reaches the phone, whose owner taps back', async () => {
  await phone.tapNewest();
  await phone.program.getByRole('button', { name: '领取优惠券' }).waitFor();
  if (SHOTS) await phone.page.screenshot({ path: `${SHOTS}/12-phone.png` });
});

it('redeems the coupon at the till, on the clerk’s phone', async () => {
  const till = new MerchantConsole(await aPage(PHONE, await desk.page.context().storageState()), stack.url);
  const tillErrors = watchErrors(till.page);
  await till.open('/redeem');
  await till.fill('券码', `${code.slice(0, -1)}${code.endsWith('2') ? '3' : '2'}`);
  await till.press('查券');
  await till.page.getByText(/没有找到券码/u).waitFor();
  await till.fill('券码', ` ${code.slice(0, 4)} ${code.slice(4)}`.toLowerCase());
  await till.press('查券');
  await till.fill('订单金额', '50');
  await till.page.getByText('本单优惠').waitFor();
  await look(till.page, '13-till');
  await till.press('确认核销');
  await till.page.getByText('优惠 10 元，客人应付 40 元').waitFor();
  await look(till.page, '14-till-done');
  expect(tillErrors).toEqual([]);
  await till.page.context().close();
});

it('sees a report that adds up', async () => {
  await desk.menu('召回活动');
  await desk.page.getByRole('link', { name: '到期召回' }).first().click();
  await eventually(() => desk.count('效果', '核销'), (n) => n === 1);
  await look(desk.page, '15-report');
  const funnel = Object.fromEntries(await Promise.all(['已发送', '点开', '回来了', '核销'].map(async (step) => [step, await desk.count('效果', step)] as const)));
  expect(funnel).toEqual({ 已发送: OTHERS + 1, 点开: 1, 回来了: 1, 核销: 1 });
  const parts = await Promise.all(['已发送', '等待发送', '没有发送', '对照组'].map((part) => desk.count('发送进度', part)));
  expect(parts).toEqual([OTHERS + 1, 0, 0, 0]);
  expect(await desk.page.getByRole('row').filter({ hasText: '订阅提醒' }).filter({ hasText: '已发送' }).count()).toBe(OTHERS + 1);
  const { received } = await stack.simulator.stats<{ received: { subscribe: number } }>(app.appid);
  expect(received.subscribe).toBe(OTHERS + 1);
  await desk.menu('经营总览');
  await desk.page.getByRole('heading', { name: '每天的变化' }).waitFor();
  await look(desk.page, '16-home');
  expect(errors).toEqual([]);
});
