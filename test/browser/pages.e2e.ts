// Every page of the console with real data, on a desk and on a phone, by day and by night, in both languages.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, startStack } from '../support/stack.ts';
import { DESKTOP, englishIn, isTooWide, launchChromium, PHONE, rawKeys, violations, visibleTexts, watchErrors } from './support/chromium.ts';
import { aFullShop, type FullShop } from './support/full-shop.ts';

const SHOTS = process.env['SHOTS'];
/** What the tests typed in Latin letters, and names that are written so everywhere. */
const NAMES = ['EN · Switch to English', 'clerk@example.com', 'coupon.read', 'coupon.redeem'];

let stack: Stack;
let browser: Browser;
let shop: FullShop;
let page: Page;
let errors: string[];

beforeAll(async () => {
  stack = await startStack({ pages: true });
  shop = await aFullShop(stack);
  browser = await launchChromium();
  const context = await browser.newContext({ locale: 'zh-CN', viewport: DESKTOP, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  errors = watchErrors(page);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function settled(): Promise<void> {
  await page.getByRole('heading').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
}

const shown: { name: string; look: () => Promise<void> }[] = [
  { name: 'desk-light', look: () => page.setViewportSize(DESKTOP) },
  { name: 'desk-dark', look: () => page.getByRole('button', { name: '深色模式' }).click() },
  { name: 'phone-dark', look: () => page.setViewportSize(PHONE) },
  { name: 'phone-light', look: () => page.getByRole('button', { name: '深色模式' }).click() },
];

/** What is wrong with a page in its four looks. */
async function faultsOf(path: string): Promise<string[]> {
  await page.setViewportSize(DESKTOP);
  await page.goto(stack.url + path);
  await settled();
  const faults: string[] = [];
  const add = (look: string, found: string[]): void => void faults.push(...found.map((one) => `${path} ${look}: ${one}`));
  for (const { name, look } of shown) {
    await look();
    await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition));
    add(name, await violations(page));
    if (await isTooWide(page)) add(name, ['scrolls sideways']);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${path.replaceAll(/[\d-]{8}\S*?(?=\/|$)|^\//gu, '').replaceAll('/', '_') || 'home'}.${name}.png`, fullPage: true });
  }
  const texts = await visibleTexts(page);
  add('text', rawKeys(texts).filter((text) => !NAMES.includes(text)));
  add('english', englishIn(texts, [...NAMES, shop.merchant.email]));
  return faults;
}

it('shows the pages before signing in without a fault', async () => {
  const faults: string[] = [];
  for (const path of ['/sign-in', '/sign-up', shop.invitation]) faults.push(...(await faultsOf(path)));
  expect(faults).toEqual([]);
});

it('signs in from the page that was asked for', async () => {
  await page.setViewportSize(DESKTOP);
  await page.goto(`${stack.url}/coupons`);
  await page.getByLabel('邮箱').fill(shop.merchant.email);
  await page.getByLabel('密码', { exact: true }).and(page.locator('input')).fill(shop.merchant.password);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('heading', { level: 1, name: '优惠券' }).waitFor();
});

it('shows every page of the menu without a fault', async () => {
  await settled();
  const entries = await page.getByRole('navigation', { name: '主导航' }).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  expect(entries.length).toBeGreaterThan(12);
  const faults: string[] = [];
  for (const path of entries) faults.push(...(await faultsOf(path)));
  expect(faults).toEqual([]);
});

it('shows every editor and every detail without a fault', async () => {
  const faults: string[] = [];
  for (const path of shop.paths) faults.push(...(await faultsOf(path)));
  expect(faults).toEqual([]);
});

it('loads at most 150 KB of script before a page’s own', async () => {
  const context = await browser.newContext({ storageState: await page.context().storageState(), locale: 'zh-CN', extraHTTPHeaders: { 'accept-encoding': 'gzip' } });
  const fresh = await context.newPage();
  await fresh.goto(`${stack.url}/no-such-page`);
  await fresh.getByRole('heading', { name: '没有找到这个页面' }).waitFor();
  await fresh.waitForLoadState('networkidle');
  const sizes = await fresh.evaluate(() => (performance.getEntriesByType('resource') as PerformanceResourceTiming[]).filter((one) => one.name.endsWith('.js')).map((one) => one.encodedBodySize));
  expect(sizes.length).toBeGreaterThan(5);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150 * 1024);
  await context.close();
});

it('opens the menu on a phone', async () => {
  await page.setViewportSize(PHONE);
  await page.goto(stack.url);
  await settled();
  await page.getByRole('button', { name: '菜单', exact: true }).click();
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '人群' }).click();
  await page.getByRole('heading', { level: 1, name: '人群' }).waitFor();
  await page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '人群' }).waitFor({ state: 'hidden' });
});

it('speaks English when asked, and stays so', async () => {
  await page.setViewportSize(DESKTOP);
  await page.goto(stack.url);
  await page.getByRole('button', { name: /English/iu }).click();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Coupons' }).click();
  await page.getByRole('heading', { level: 1, name: 'Coupons' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Coupons' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(rawKeys(await visibleTexts(page))).toEqual([]);
  expect(await violations(page)).toEqual([]);
  for (const path of ['/', `/campaigns/new`, '/redeem', '/channels/new']) {
    await page.goto(stack.url + path);
    await settled();
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/english${path.replaceAll('/', '_')}.png`, fullPage: true });
    const texts = await visibleTexts(page);
    expect(rawKeys(texts)).toEqual([]);
    // What is left in Chinese is what the merchant wrote, and the way back to Chinese.
    expect(texts.filter((text) => /\p{Script=Han}/u.test(text) && !['晨', '中'].includes(text) && !/晨光|店|扫码来的客人|券|中文/u.test(text))).toEqual([]);
  }
});

it('had nothing to complain about in the browser', () => {
  expect(errors).toEqual([]);
});
