import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client, demoAccount, demoApp } from './support/client.ts';

const { appid } = demoAccount;
let product: Server;
let simulator: Simulator;
let client: Client;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  product = createServer((request, response) => {
    if (request.url === '/h5') {
      const query = new URLSearchParams({ appid, redirect_uri: 'https://m.example.com/back', response_type: 'code', scope: 'snsapi_base', state: 's1' });
      response.writeHead(302, { location: `https://open.weixin.qq.com/connect/oauth2/authorize?${query}#wechat_redirect` }).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><title>商家页面</title><p id="path">${request.url ?? ''}</p>`);
  });
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
  await client.post('/sim/apps', { ...demoApp, homePath: '/p/demo/home', routes: { 'pages/offer/index': '/p/demo/o/{o}' } });
  await client.post('/sim/apps', demoAccount);
  await client.post('/sim/people', { count: 1 });
  page = await browser.newPage({ viewport: { width: 375, height: 760 } });
  await page.goto(`${simulator.url}/sim/phone/?person=p1`);
});
afterEach(() => page.close());

async function call(path: string, body: object): Promise<Record<string, unknown>> {
  return client.post(`${path}?access_token=${await client.token(demoAccount)}`, body);
}

test('a scanned scene code is followed; the menu, notices and posts stand in the chat', async () => {
  const menu = { button: [{ name: '逛逛', type: 'view', url: 'https://m.example.com/h5' }, { name: '会员', sub_button: [{ type: 'click', name: '我的积分', key: 'POINTS' }] }] };
  expect(await call('/cgi-bin/menu/create', menu)).toMatchObject({ errcode: 0 });
  const { url } = await call('/cgi-bin/qrcode/create', { action_name: 'QR_LIMIT_STR_SCENE', action_info: { scene: { scene_str: 'store-7' } } });
  await page.getByLabel('二维码、活码或链接').fill(String(url));
  await page.getByRole('button', { name: '扫码' }).click();
  await page.getByText('你已关注该公众号').waitFor();
  const { openid } = await client.get(`/sim/people/p1/follow?appid=${appid}`);
  const data = { thing1: { value: '积分变动' }, amount2: { value: '12.00元' } };
  await call('/cgi-bin/message/template/send', { touser: openid, template_id: 'M_POINTS', data, miniprogram: { appid: demoApp.appid, pagepath: 'pages/offer/index?o=9' } });
  const card = page.getByRole('article', { name: '模板消息：积分变动提醒' });
  await card.getByText('12.00元').waitFor();
  await page.getByRole('button', { name: '会员' }).click();
  await page.getByRole('menuitem', { name: '我的积分' }).click();
  await expect.poll(() => simulator.world.apps.get(appid)?.byPerson.get('p1')?.windows.menu?.max).toBe(3);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
  await card.getByRole('button', { name: '查看详情' }).click();
  await page.frameLocator('iframe').getByText('/p/demo/o/9').waitFor();
});

test('a menu address that asks for a login comes back with a code', async () => {
  await call('/cgi-bin/menu/create', { button: [{ name: '逛逛', type: 'view', url: 'https://m.example.com/h5' }] });
  await client.post('/sim/people/p1/follow', { appid });
  await page.getByRole('button', { name: new RegExp(demoAccount.name) }).click();
  await page.getByRole('button', { name: '逛逛' }).click();
  await page.frameLocator('iframe').getByText(/^\/back\?code=\w+.*&state=s1$/).waitFor();
});

test('a follower writes, switches messages off and leaves', async () => {
  await page.getByRole('button', { name: new RegExp(demoAccount.name) }).click();
  await page.getByRole('button', { name: '关注' }).click();
  await page.getByLabel('输入消息').fill('在吗');
  await page.getByRole('button', { name: '发送' }).click();
  await page.getByText('在吗').waitFor();
  await page.getByRole('button', { name: '账号设置' }).click();
  await page.getByRole('button', { name: '不接收消息' }).click();
  await expect.poll(async () => (await client.get(`/sim/people/p1/follow?appid=${appid}`))['follow']).toMatchObject({ subscribed: true, blocked: true });
  await page.getByRole('button', { name: '账号设置' }).click();
  await page.getByRole('button', { name: '不再关注' }).click();
  await page.getByRole('button', { name: '关注', exact: true }).waitFor();
});
