// The menu under an official account's chat.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid } from '../../../core/errors/app-error.js';
import type { Refusal } from '../../../core/graphql/refusal.js';
import { Audit } from '../../tenants/index.js';
import { menuProblem, type MenuButton } from '../adapters/wechat-official-account/menu.js';
import { officialOf } from '../adapters/wechat-official-account/official.adapter.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';

@Injectable()
export class AccountMenu {
  constructor(private readonly db: TenantDb, private readonly calls: PlatformCalls, private readonly audit: Audit) {}

  async read(channelId: string): Promise<MenuButton[] | Refusal> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    const menu = await this.calls.ask(channel, (token) => account.menus.read(token));
    return menu.ok ? menu.value : refusedBy(menu);
  }

  /** @throws INVALID naming the field, like `buttons.0.children.2.name` */
  async publish(channelId: string, buttons: readonly MenuButton[]): Promise<Refusal | undefined> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    const wrong = menuProblem(buttons);
    if (wrong !== undefined) throw invalid(wrong.field, wrong.problem, wrong.message, wrong.more);
    const done = await this.calls.ask(channel, (token) => account.menus.publish(buttons, token));
    if (!done.ok) return refusedBy(done);
    await this.note(channelId, 'channel.publish_menu');
    return undefined;
  }

  async remove(channelId: string): Promise<Refusal | undefined> {
    const { channel, account } = await this.calls.open(channelId, officialOf);
    const done = await this.calls.ask(channel, (token) => account.menus.remove(token));
    if (!done.ok) return refusedBy(done);
    await this.note(channelId, 'channel.remove_menu');
    return undefined;
  }

  private note(channelId: string, action: string): Promise<void> {
    return this.db.write(() => this.audit.record(action, { kind: 'channel', id: channelId }));
  }
}
