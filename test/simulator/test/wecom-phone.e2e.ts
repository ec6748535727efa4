import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../src/simulator.ts';
import { Client } from './support/client.ts';
import { CorpClient, demoCorp } from './support/wecom.ts';

let simulator: Simulator;
let corp: CorpClient;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  simulator = await startSimulator();
  corp = new CorpClient(new Client(simulator.url));
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
});
afterAll(async () => {
  await browser.close();
  await simulator.close();
});
beforeEach(async () => {
  await corp.client.post('/sim/reset');
  await corp.client.post('/sim/people', { count: 1 });
  await corp.setUp();
  page = await browser.newPage({ viewport: { width: 375, height: 760 } });
});
afterEach(() => page.close());

test('a code is scanned, an employee sends a group message, the person reads and answers', async () => {
  const { qr_code } = await corp.call('externalcontact/add_contact_way', { type: 1, scene: 2, user: ['zhangsan'], state: 'door' });
  await page.goto(`${simulator.url}/sim/phone/?person=p1`);
  await page.getByLabel('二维码、活码或链接').fill(String(qr_code));
  await page.getByRole('button', { name: '扫码' }).click();
  const chat = page.getByRole('log', { name: '与张三的对话' });
  await chat.getByText('现在可以开始聊天了').waitFor();
  const { external_userid } = await corp.read('externalcontact/list', { userid: 'zhangsan' });
  const link = { msgtype: 'link', link: { title: '周末八折券', desc: '限时领取', url: 'https://shop.example/p/1' } };
  await corp.call('externalcontact/add_msg_template', { external_userid, text: { content: '周末见' }, attachments: [link] });

  const desk = await browser.newPage({ viewport: { width: 375, height: 760 } });
  await desk.goto(`${simulator.url}/sim/phone/employee.html?corpid=${demoCorp.corpid}&userid=zhangsan`);
  await desk.getByRole('article', { name: '群发任务' }).getByRole('button', { name: '发送' }).click();
  await desk.getByText('已发送 1 个').waitFor();
  await desk.getByText('没有待发送的群发').waitFor();
  expect(await desk.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  await desk.close();

  await chat.getByText('周末见').waitFor();
  await chat.getByRole('button', { name: '周末八折券' }).waitFor();
  await page.getByLabel('输入消息').fill('好的');
  await page.getByRole('button', { name: '发送' }).click();
  await chat.getByText('好的').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  await page.getByRole('button', { name: '删除' }).click();
  await page.getByRole('heading', { name: '微信', exact: true }).waitFor();
  expect(await page.getByText('张三@示例小店').count()).toBe(0);
});

test('a scanned installation code lets the admin agree', async () => {
  const { client } = corp;
  const suite = { suiteId: 'dk1', suiteSecret: 's', commandUrl: `${simulator.url}/sim/health`, token: 't', aesKey: demoCorp.aesKey, providerCorpid: 'wwp', providerSecret: 'p' };
  await client.post('/sim/suites', suite);
  const { provider_access_token } = await client.post('/cgi-bin/service/get_provider_token', { corpid: 'wwp', provider_secret: 'p' });
  const { qrcode_url } = await client.post(`/cgi-bin/service/get_customized_auth_url?provider_access_token=${String(provider_access_token)}`, { state: 'abc', templateid_list: ['dk1'] });
  await page.goto(String(qrcode_url));
  await page.getByLabel('企业').selectOption({ label: '示例小店' });
  await page.getByRole('button', { name: '同意授权' }).click();
  await page.getByText('已授权').waitFor();
  expect(await client.get('/sim/suites')).toMatchObject({ suites: [{ suiteId: 'dk1', installs: [{ corpid: demoCorp.corpid }] }] });
});

test('a customer-service link opens the conversation and its welcome', async () => {
  const { open_kfid } = await corp.call('kf/account/add', { name: '小店客服' });
  const { url } = await corp.call('kf/add_contact_way', { open_kfid, scene: 'qr' });
  // A browser that opens the link is led to the phone.
  await page.goto(`${simulator.url}/sim/phone/?person=p1`);
  await page.goto(`${String(url)}`);
  const chat = page.getByRole('log', { name: '微信客服对话' });
  await chat.waitFor();
  const { msg_list } = await corp.call('kf/sync_msg', { open_kfid });
  const [entered] = msg_list as { event: { welcome_code: string; scene: string } }[];
  expect(msg_list).toHaveLength(1);
  expect(entered?.event.scene).toBe('qr');
  await corp.call('kf/send_msg_on_event', { code: entered?.event.welcome_code, msgtype: 'text', text: { content: '欢迎光临小店' } });
  await chat.getByText('欢迎光临小店').waitFor();
  await page.getByLabel('输入消息').fill('有货吗');
  await page.getByRole('button', { name: '发送' }).click();
  await chat.getByText('有货吗').waitFor();
});
