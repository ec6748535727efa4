import { AppStats } from '../app-stats.ts';

/** What a service provider sets in its console. */
export interface SuiteSettings {
  suiteId: string;
  suiteSecret: string;
  commandUrl: string;
  token: string;
  aesKey: string;
  kind: 'provider_developed' | 'third_party';
  /** The provider itself: its corp and secret fetch the token that makes codes to scan. */
  providerCorpid?: string;
  providerSecret?: string;
}

export interface Install {
  permanentCode: string;
  agentid: number;
}

/** A provider's suite or template: its tickets, one-time codes and the corps that installed it. */
export class Suite {
  settings: SuiteSettings;
  readonly stats = new AppStats();
  readonly installs = new Map<string, Install>();
  /** Ticket to the time it ends. */
  readonly tickets = new Map<string, number>();
  /** One-time auth codes. */
  readonly authCodes = new Map<string, { corpid: string; state: string; endsAt: number }>();

  constructor(settings: SuiteSettings) {
    this.settings = settings;
  }
}
