import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, demoApp } from './support/client.ts';

const { appid } = demoApp;
/** `?at-once` prompts without a tap; the browser's own mark of it is set by hand, as Playwright counts its queries as gestures. */
const merchantPage = `<!doctype html><html lang="zh-CN"><head><title>新客礼券</title></head><body>
<p id="path"></p><button id="ask">领取并提醒我</button><p id="out"></p><a href="/p/demo/w">我的卡包</a>
<script>
  path.textContent = location.pathname + location.search;
  const done = (result) => { out.textContent = JSON.stringify(result); };
  const prompt = () => wx.requestSubscribeMessage({ tmplIds: ['T_EXPIRE', 'T_POINTS'], success: done, fail: done });
  ask.onclick = prompt;
  if (location.search === '?at-once') {
    Object.defineProperty(navigator, 'userActivation', { value: { isActive: false } });
    prompt();
  }
  wx.login({ success: ({ code }) => { document.body.dataset.code = code; } });
</script></body></html>`;

let product: Server;
let simulator: Simulator;
let client: Client;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  product = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(merchantPage));
  await new Promise<void>((resolve) => product.listen(0, '127.0.0.1', resolve));
  simulator = await startSimulator({ product: `http://127.0.0.1:${(product.address() as AddressInfo).port}` });
  client = new Client(simulator.url);
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
});
afterAll(async () => {
  await browser.close();
  await simulator.close();
  product.closeAllConnections();
  product.close();
});
beforeEach(async () => {
  await client.post('/sim/reset');
  await client.post('/sim/apps', { ...demoApp, homePath: '/p/demo/e/abc', routes: { 'pages/offer/index': '/p/demo/o/{o}?m={m}' } });
  await client.post('/sim/people', { count: 2 });
  page = await browser.newPage({ viewport: { width: 375, height: 760 } });
});
afterEach(() => page.close());

async function openProgram(query = ''): Promise<FrameLocator> {
  await page.goto(`${simulator.url}/sim/phone/?person=p2&appid=${appid}${query}`);
  return page.frameLocator(`iframe[title="${demoApp.name}"]`);
}

test('a person is asked, chooses one of two, receives, taps back', async () => {
  const program = await openProgram();
  await program.getByText('/p/demo/e/abc').waitFor();
  await program.getByRole('button', { name: '领取并提醒我' }).click();
  const sheet = page.getByRole('dialog', { name: '订阅消息' });
  await sheet.getByRole('checkbox', { name: '积分变更提醒' }).uncheck();
  await sheet.getByRole('button', { name: '允许' }).click();
  const result = await program.locator('#out').filter({ hasText: 'errMsg' }).textContent();
  expect(JSON.parse(result ?? '')).toEqual({ errMsg: 'requestSubscribeMessage:ok', T_EXPIRE: 'accept', T_POINTS: 'reject' });

  const { openid } = await client.post('/sim/people/p2/login', { appid });
  expect(await client.subscribe(String(openid), { page: 'pages/offer/index?o=77&m=m9' })).toMatchObject({ errcode: 0 });
  await page.getByRole('status').getByRole('button').click();
  await page.getByRole('button', { name: '进入小程序查看' }).last().click();
  await program.getByText('/p/demo/o/77?m=m9').waitFor();
  expect((await client.get('/sim/people/p2/inbox'))['messages']).toMatchObject([{ read: true }]);
});

test('cancelling refuses all, keeping the choice asks no more', async () => {
  const program = await openProgram();
  const ask = program.getByRole('button', { name: '领取并提醒我' });
  const sheet = page.getByRole('dialog', { name: '订阅消息' });
  await ask.click();
  await sheet.getByRole('button', { name: '取消' }).click();
  await program.getByText('"T_EXPIRE":"reject","T_POINTS":"reject"').waitFor();
  await ask.click();
  await sheet.getByRole('checkbox', { name: '总是保持以上选择' }).check();
  await sheet.getByRole('button', { name: '允许' }).click();
  await program.getByText('"T_EXPIRE":"accept","T_POINTS":"accept"').waitFor();
  await ask.click();
  await expect.poll(async () => (await client.get(`/sim/people/p2/settings?appid=${appid}`))['remaining']).toEqual({ T_EXPIRE: 2, T_POINTS: 2 });
  expect(await sheet.count()).toBe(0);
});

test('a prompt without a tap fails, a full page load keeps the client, a login gives a code', async () => {
  const program = await openProgram('&open=/p/demo/e/xyz?at-once');
  await program.getByText('/p/demo/e/xyz?at-once').waitFor();
  await program.getByText('fail can only be invoked by user TAP gesture').waitFor();
  await program.getByRole('link', { name: '我的卡包' }).click();
  await program.getByText('/p/demo/w').waitFor();
  const code = await program.locator('body[data-code]').getAttribute('data-code');
  const { secret } = demoApp;
  const session = await client.get(`/sns/jscode2session?appid=${appid}&secret=${secret}&js_code=${code}&grant_type=authorization_code`);
  expect(session).toMatchObject({ openid: expect.stringMatching(/^o/) });
});

test('customer service is talked to and answers', async () => {
  await openProgram();
  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('button', { name: '联系客服' }).click();
  await page.getByRole('textbox', { name: '输入消息' }).fill('这张券门店能用吗');
  await page.getByRole('button', { name: '发送' }).click();
  await page.getByRole('log').getByText('这张券门店能用吗').waitFor();
  const { openid } = await client.post('/sim/people/p2/login', { appid });
  expect(await client.say(String(openid), '全部门店可用')).toMatchObject({ errcode: 0 });
  await page.getByRole('log').getByText('全部门店可用').waitFor();
  await expect.poll(async () => (await client.get('/sim/people/p2/inbox'))['messages']).toMatchObject([{ read: true }]);
  const link = '您有一张券快到期:<a href="http://x.example/p" data-miniprogram-path="pages/offer/index?o=5&m=m1">去看看</a>';
  expect(await client.say(String(openid), link)).toMatchObject({ errcode: 0 });
  await page.getByRole('log').getByRole('button', { name: '去看看' }).click();
  await page.frameLocator(`iframe[title="${demoApp.name}"]`).getByText('/p/demo/o/5?m=m1').waitFor();
});
