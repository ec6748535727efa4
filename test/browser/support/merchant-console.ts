// The console as a merchant uses it: by the words on the screen.
import type { Locator, Page } from 'playwright-core';

export interface Credentials { appid: string; secret: string; name: string }

export class MerchantConsole {
  readonly page: Page;
  private readonly url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
  }

  open(path: string) {
    return this.page.goto(this.url + path);
  }
  /** Goes by the side menu, as a person does. */
  async menu(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name, exact: true }).click();
    await this.heading().waitFor();
  }
  heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }
  async press(name: string, within: Page | Locator = this.page): Promise<void> {
    await within.getByRole('button', { name, exact: true }).click();
  }
  async fill(label: string, text: string, within: Page | Locator = this.page): Promise<void> {
    const field = within.getByLabel(label, { exact: true }).and(this.page.locator('input, textarea'));
    await field.fill(text);
    await field.blur();
  }
  /** Chooses in a list that opens. */
  async pick(label: string, option: string, within: Page | Locator = this.page): Promise<void> {
    await within.getByRole('combobox', { name: label, exact: true }).click();
    await this.page.getByRole('option', { name: option }).filter({ visible: true }).first().click();
  }
  toast(text: string): Promise<void> {
    return this.page.getByRole('status').filter({ hasText: text }).first().waitFor();
  }
  card(title: string): Locator {
    return this.page.locator('section, .card').filter({ has: this.page.getByRole('heading', { name: title, exact: true }) }).last();
  }
  /** The value of a field to copy into another system. */
  async copied(label: string): Promise<string> {
    return (await this.page.getByRole('textbox', { name: label, exact: true }).textContent()) ?? '';
  }
  /** Count of a part beside its bar, or of a step of a funnel. */
  async count(group: string, part: string): Promise<number> {
    const row = this.page.getByLabel(group, { exact: true }).getByRole('listitem').filter({ hasText: part });
    return Number.parseInt((await row.locator('b').innerText()).replaceAll(',', ''), 10);
  }

  async signUp(account: { shop: string; name: string; email: string; password: string }): Promise<void> {
    await this.open('/sign-up');
    await this.press('烘焙甜品');
    await this.press('提醒客人用掉快到期的券');
    await this.fill('店铺名称', account.shop);
    await this.fill('你的称呼', account.name);
    await this.fill('邮箱', account.email);
    await this.fill('密码', account.password);
    await this.press('开通店铺');
    await this.page.getByRole('navigation', { name: '主导航' }).waitFor();
  }
  async submitCredentials(app: Credentials): Promise<void> {
    await this.fill('账号名称', app.name);
    await this.fill('AppID', app.appid);
    await this.fill('AppSecret', app.secret);
    await this.press('验证并继续');
  }
  /** Address, token and key as the page shows them for copying. */
  async callbackDetails(): Promise<{ callbackUrl: string; token: string; aesKey: string }> {
    await this.press('显示 Token 和密钥');
    await this.page.getByText('EncodingAESKey（消息加密密钥）').waitFor();
    return { callbackUrl: await this.copied('服务器地址 URL'), token: await this.copied('Token（令牌）'), aesKey: await this.copied('EncodingAESKey（消息加密密钥）') };
  }
  async makeCoupon(coupon: { name: string; yuan: string; from: string }): Promise<void> {
    await this.menu('优惠券');
    await this.page.getByRole('button', { name: /新建.*优惠券/u }).first().click();
    await this.fill('券名称', coupon.name);
    await this.fill('减多少钱', coupon.yuan);
    await this.fill('满多少元可用', coupon.from);
    await this.press('保存优惠券');
    await this.heading().filter({ hasText: coupon.name }).waitFor();
  }
  /** Every step as it is suggested. Ends on the published offer's page. */
  async publishOffer(): Promise<void> {
    await this.menu('权益活动');
    await this.page.getByRole('button', { name: '新建活动' }).first().click();
    await this.page.getByRole('heading', { name: '选优惠券' }).waitFor();
    await this.press('下一步');
    await this.page.getByRole('heading', { name: '配提醒', exact: true }).waitFor();
    await this.press('下一步');
    await this.press('保存并检查');
    await this.page.getByText('没有发现违反平台规则的地方').waitFor();
    await this.press('发布活动');
    await this.press('发布活动', this.page.getByRole('dialog'));
    await this.toast('活动已发布');
  }
  /** Makes a link for the offer whose page is open. @returns its address as shown */
  async makeEntryLink(source: string): Promise<string> {
    await this.page.getByRole('button', { name: /生成第一个二维码|新建入口/u }).click();
    const dialog = this.page.getByRole('dialog');
    await this.pick('客人从哪里来', source, dialog);
    await this.press('生成链接和二维码', dialog);
    await this.toast('链接和二维码已生成');
    return this.copied('链接');
  }
}
