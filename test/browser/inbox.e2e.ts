// The inbox as a clerk sees it: the customer writes on the phone, the answer goes out by Enter, the count ticks down, the window closes.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/client.ts';
import { aShopper, type Shopper } from '../support/customer.ts';
import { aMerchant, type Merchant } from '../support/merchant.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { DESKTOP, isTooWide, launchChromium, PHONE, violations, watchErrors } from './support/chromium.ts';

const SHOTS = process.env['SHOTS'];

let stack: Stack;
let browser: Browser;
let merchant: Merchant;
let writer: Shopper;
let page: Page;
let errors: string[];

beforeAll(async () => {
  stack = await startStack({ pages: true });
  merchant = await aMerchant(stack.url, stack.simulator);
  writer = await aShopper(stack.url, stack.simulator, merchant);
  await merchant.client.ask('mutation ($id: ID!) { updateCustomer(id: $id, input: { name: "林晓" }) { id } }', { id: writer.customerId });
  browser = await launchChromium();
  const context = await browser.newContext({ locale: 'zh-CN', viewport: DESKTOP, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  errors = watchErrors(page);
  await page.goto(`${stack.url}/inbox`);
  await page.getByLabel('邮箱').fill(merchant.email);
  await page.getByLabel('密码', { exact: true }).and(page.locator('input')).fill(merchant.password);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('heading', { level: 1, name: '会话' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function look(name: string): Promise<void> {
  expect(await violations(page), name).toEqual([]);
  expect(await isTooWide(page), name).toBe(false);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/inbox-${name}.png` });
}
const says = (text: string): Promise<unknown> => stack.simulator.say(writer.person, merchant.appid, text);
const card = () => page.getByRole('button', { name: /林晓/u });
const received = async (): Promise<string[]> =>
  (await stack.simulator.call<{ lines: { from: string; text: string }[] }>('GET', `/sim/people/${writer.person}/chat?appid=${merchant.appid}`)).lines.filter((line) => line.from !== 'me').map((line) => line.text);

it('says what will be here before anybody wrote', async () => {
  await page.getByText('还没有顾客发来消息').waitFor();
  await look('empty');
});

it('shows who wrote without a reload, and sends the answer by Enter', async () => {
  await says('还有草莓蛋糕吗？');
  await card().waitFor();
  await look('list');
  await card().click();
  await page.getByRole('log').getByText('还有草莓蛋糕吗？').waitFor();
  await page.getByText(/还可回复 5 条/u).waitFor();
  const box = page.getByRole('textbox', { name: '输入回复，按回车发送' });
  await box.fill('有的，今天现烤');
  await box.press('Enter');
  await page.getByRole('log').getByText('有的，今天现烤').waitFor();
  await page.getByText(/还可回复 4 条/u).waitFor();
  expect(await received()).toEqual(['有的，今天现烤']);
  expect(await box.inputValue()).toBe('');
  await page.getByRole('button', { name: '由我跟进' }).click();
  await page.getByText('店主 跟进').first().waitFor();
  await look('thread');
});

it('fits a phone, one column at a time', async () => {
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: '返回会话列表' }).waitFor();
  await look('phone-thread');
  await page.getByRole('button', { name: '返回会话列表' }).click();
  await card().waitFor();
  await look('phone-list');
  await card().click();
  await page.getByRole('log').waitFor();
  await page.setViewportSize(DESKTOP);
});

it('offers no reply once the window is used up, and says why', async () => {
  const { items } = await merchant.client.one<{ items: { id: string }[] }>('{ conversations { items { id } } }');
  for (let i = 0; i < 4; i += 1) await merchant.client.ask('mutation ($id: ID!, $t: String!) { replyToConversation(id: $id, text: $t, clientKey: $t) { __typename } }', { id: items[0]!.id, t: `another-text-${i}` });
  await page.getByText('这个窗口能回复的条数已用完。顾客再发一条消息，就能继续回复。').waitFor();
  expect(await page.getByRole('textbox', { name: '输入回复，按回车发送' }).count()).toBe(0);
  await look('used-up');
  await says('好的，谢谢');
  await page.getByText(/还可回复 5 条/u).waitFor();
  await eventually(() => received(), (texts) => texts.length === 5);
  expect(errors).toEqual([]);
});
