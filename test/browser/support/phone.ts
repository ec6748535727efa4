// One customer's phone: the simulator's page, with the merchant's pages within.
import type { FrameLocator, Page } from 'playwright-core';

export interface Program { appid: string; name: string }

export class CustomerPhone {
  readonly page: Page;
  readonly program: FrameLocator;
  private readonly app: Program;

  constructor(page: Page, app: Program) {
    this.page = page;
    this.app = app;
    this.program = page.frameLocator(`iframe[title="${app.name}"]`);
  }

  /** Opens the program at a public path, as a scanned code does. */
  async scan(url: string, person: string, path: string): Promise<void> {
    const query = new URLSearchParams({ person, appid: this.app.appid, open: path });
    await this.page.goto(`${url}/sim/phone/?${query.toString()}`);
  }
  /** Taps the claim button, answers the sheet. @returns the coupon's code */
  async claim(answer: '允许' | '取消'): Promise<string> {
    await this.program.getByRole('button', { name: '领取优惠券' }).click();
    await this.page.getByRole('dialog', { name: '订阅消息' }).getByRole('button', { name: answer }).click();
    return ((await this.program.locator('[data-code]').textContent()) ?? '').replaceAll(' ', '');
  }
  /** Opens the notice that just came, and from it the program. */
  async tapNewest(): Promise<void> {
    await this.page.getByRole('status').getByRole('button').click({ timeout: 60_000 });
    await this.page.getByRole('button', { name: '进入小程序查看' }).last().click();
  }
}
