import { randomText } from '../ids.ts';
import { Corp, CorpData, type CorpApp } from './corp.ts';
import { pack, unpack } from './packing.ts';
import { Suite, type SuiteSettings } from './suite.ts';

const KEEP_DEAD_MS = 3 * 3600_000;

/** Who a token speaks for: an app of a corp, or a provider's suite. */
export interface TokenOwner {
  kind: 'app' | 'suite' | 'provider';
  corpid: string;
  agentid: number;
  suiteId: string;
  endsAt: number;
}

/** All corps and service providers. */
export class WecomWorld {
  readonly corps = new Map<string, Corp>();
  readonly suites = new Map<string, Suite>();
  private readonly tokens = new Map<string, TokenOwner>();

  corp(corpid: string): Corp {
    let corp = this.corps.get(corpid);
    if (!corp) this.corps.set(corpid, (corp = new Corp(corpid)));
    return corp;
  }

  putSuite(settings: SuiteSettings): Suite {
    const known = this.suites.get(settings.suiteId);
    if (known) known.settings = settings;
    else this.suites.set(settings.suiteId, new Suite(settings));
    return this.suites.get(settings.suiteId) as Suite;
  }

  /** The token of an app: the same one until its end. */
  tokenOfApp(corp: Corp, app: CorpApp, now: number): { value: string; endsAt: number } {
    for (const [value, owner] of this.tokens) {
      if (owner.kind === 'app' && owner.corpid === corp.corpid && owner.agentid === app.agentid && owner.endsAt > now) return { value, endsAt: owner.endsAt };
    }
    return this.add({ kind: 'app', corpid: corp.corpid, agentid: app.agentid, suiteId: '', endsAt: now + corp.data.settings.tokenSeconds * 1000 }, now);
  }

  tokenOfSuite(suite: Suite, now: number): { value: string; endsAt: number } {
    return this.add({ kind: 'suite', corpid: '', agentid: 0, suiteId: suite.settings.suiteId, endsAt: now + 7_200_000 }, now);
  }

  /** The provider's own token; `providerCorpid` stands for the provider. */
  tokenOfProvider(providerCorpid: string, now: number): { value: string; endsAt: number } {
    return this.add({ kind: 'provider', corpid: providerCorpid, agentid: 0, suiteId: '', endsAt: now + 7_200_000 }, now);
  }

  owner(token: string | undefined): TokenOwner | undefined {
    return token === undefined ? undefined : this.tokens.get(token);
  }

  /** Ends the tokens of one corp before their time. */
  endTokens(corpid: string): void {
    for (const [value, owner] of this.tokens) if (owner.corpid === corpid) this.tokens.delete(value);
  }

  removeCorp(corpid: string): boolean {
    this.endTokens(corpid);
    return this.corps.delete(corpid);
  }

  reset(): void {
    this.corps.clear();
    this.suites.clear();
    this.tokens.clear();
  }

  /** What a state file keeps: corps and suites, without tokens and codes. */
  save(): unknown {
    return pack({
      corps: [...this.corps.values()].map(({ corpid, data }) => ({ corpid, data })),
      suites: [...this.suites.values()].map(({ settings, installs }) => ({ settings, installs })),
    });
  }

  load(saved: unknown): void {
    const { corps, suites } = unpack(saved) as {
      corps: { corpid: string; data: CorpData }[];
      suites: { settings: SuiteSettings; installs: Suite['installs'] }[];
    };
    for (const { corpid, data } of corps) {
      const corp = new Corp(corpid, Object.assign(new CorpData(), data));
      corp.knowAll();
      this.corps.set(corpid, corp);
    }
    for (const { settings, installs } of suites) {
      const suite = this.putSuite(settings);
      for (const [corpid, install] of installs) suite.installs.set(corpid, install);
    }
  }

  private add(owner: TokenOwner, now: number): { value: string; endsAt: number } {
    for (const [value, one] of this.tokens) if (one.endsAt + KEEP_DEAD_MS < now) this.tokens.delete(value);
    const value = `W${randomText(213)}`;
    this.tokens.set(value, owner);
    return { value, endsAt: owner.endsAt };
  }
}
