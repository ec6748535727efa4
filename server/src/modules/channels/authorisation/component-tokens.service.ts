// The token of the operator's third-party platform at WeChat.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import type { AccessToken, PlatformResult } from '../adapter.js';
import { ComponentApi } from './component.client.js';
import { ProviderAppsRepository } from './provider-apps.repository.js';
import { ProviderTokens } from './provider-tokens.service.js';

@Injectable()
export class ComponentTokens extends ProviderTokens {
  constructor(@Inject(CONFIG) config: Config, apps: ProviderAppsRepository, private readonly api: ComponentApi) {
    super(config.secretKeys, apps);
  }

  protected get key(): string {
    return `wechat_component:${this.api.app.id}`;
  }

  protected issueWith(ticket: string): Promise<PlatformResult<AccessToken>> {
    return this.api.componentToken(ticket);
  }
}
