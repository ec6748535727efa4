// The token of the operator's provider-developed app at WeCom.
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';
import type { AccessToken, PlatformResult } from '../adapter.js';
import { ProviderAppsRepository } from './provider-apps.repository.js';
import { ProviderTokens } from './provider-tokens.service.js';
import { SuiteApi } from './suite.client.js';

@Injectable()
export class SuiteTokens extends ProviderTokens {
  constructor(@Inject(CONFIG) config: Config, apps: ProviderAppsRepository, private readonly api: SuiteApi) {
    super(config.secretKeys, apps);
  }

  protected get key(): string {
    return `wecom_suite:${this.api.app.id}`;
  }

  protected issueWith(ticket: string): Promise<PlatformResult<AccessToken>> {
    return this.api.suiteToken(ticket);
  }
}
