// Every call to a platform passes here: counted against its ceilings, and held back when one is reached.
// A process knows what the others did by what its last count answered, a second ago at most.
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { QUOTA_RULES, type QuotaRule, windowEnd, windowStart } from '@huiliu/shared';
import { Clock } from '../../../core/clock.js';
import { LOG, type Log } from '../../../core/log.js';
import type { PlatformHttp, PlatformRequest } from '../adapter.js';
import { codeIn, heldBack, knowsCode, wordsIn } from './platform.codes.js';
import { QuotasRepository, type UnmappedTally, type UsageRow } from './quotas.repository.js';

export interface Metered {
  channelId: string;
  platform: string;
  apiBase: string;
}

interface Count {
  rule: QuotaRule;
  channelId: string;
  subject: string;
  start: number;
  end: number;
  /** What all processes did, as of the last telling. */
  told: number;
  /** What this one did since. */
  gain: number;
  limit: number;
}

const TELL_EVERY_MS = 1_000;
const MOST_ACCOUNTS = 20_000;

@Injectable()
export class QuotaMeter implements OnApplicationShutdown {
  private readonly accounts = new Map<string, Map<string, Count>>();
  private readonly loading = new Map<string, Promise<void>>();
  private readonly rulesOf = new Map<string, readonly QuotaRule[]>();
  private unmapped = new Map<string, UnmappedTally>();
  private readonly said = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: QuotasRepository,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The same exchange, counted. Without a channel's id (credentials that are only tried) nothing is counted. */
  over(http: PlatformHttp, metered: Metered): PlatformHttp {
    return metered.channelId === '' ? http : { exchange: (request) => this.exchange(http, metered, request) };
  }

  /** Forgets what was counted for an account, so that it is read again: after its counts were set back. */
  async forget(channelId: string): Promise<void> {
    await this.tell();
    this.accounts.delete(channelId);
  }

  private async exchange(http: PlatformHttp, metered: Metered, request: PlatformRequest): Promise<{ status: number; text: string; bytes?: Buffer }> {
    const path = pathOf(request.url, metered.apiBase);
    const rules = this.matching(metered.platform, path);
    if (rules.length > 0) {
      if (!this.accounts.has(metered.channelId)) await this.load(metered.channelId);
      const counts = rules.map((rule) => this.countOf(metered.channelId, rule, path));
      const full = counts.find((count) => count.told + count.gain >= count.limit);
      if (full) return { status: 200, text: this.refusal(metered, full) };
      for (const count of counts) count.gain += 1;
      this.schedule();
    }
    const answer = await http.exchange(request);
    const code = codeIn(answer.text);
    if (code !== 0 && !knowsCode(metered.platform, code)) this.noteUnmapped(metered, path, code, wordsIn(answer.text));
    return answer;
  }

  private matching(platform: string, path: string): readonly QuotaRule[] {
    const key = `${platform} ${path}`;
    const known = this.rulesOf.get(key);
    if (known) return known;
    const found = QUOTA_RULES.filter((rule) => rule.platforms.includes(platform) && (rule.paths.includes(path) || rule.paths.includes('*')));
    this.rulesOf.set(key, found);
    return found;
  }

  private countOf(channelId: string, rule: QuotaRule, path: string): Count {
    const counts = this.accounts.get(channelId) ?? new Map<string, Count>();
    this.accounts.set(channelId, counts);
    const subject = rule.paths.includes('*') ? path : '';
    const key = `${rule.key} ${subject}`;
    const now = this.clock.now();
    const known = counts.get(key);
    if (known && now.getTime() < known.end) return known;
    const start = windowStart(rule.window, now);
    const fresh: Count = { rule, channelId, subject, start: start.getTime(), end: windowEnd(rule.window, start).getTime(), told: 0, gain: 0, limit: known?.limit ?? rule.limit };
    counts.set(key, fresh);
    return fresh;
  }

  private load(channelId: string): Promise<void> {
    const running = this.loading.get(channelId) ?? this.read(channelId).finally(() => this.loading.delete(channelId));
    this.loading.set(channelId, running);
    return running;
  }

  private async read(channelId: string): Promise<void> {
    const rows = await this.repository.ofChannelAnywhere(channelId);
    if (this.accounts.size >= MOST_ACCOUNTS) await this.tell().then(() => this.accounts.clear());
    this.accounts.set(channelId, new Map());
    this.learn(rows);
  }

  private learn(rows: readonly UsageRow[]): void {
    for (const row of rows) {
      const rule = QUOTA_RULES.find((one) => one.key === row.rule);
      if (!rule || !this.accounts.has(row.channelId)) continue;
      const count = this.countOf(row.channelId, rule, row.subject);
      if (row.toldLimit !== null) count.limit = row.toldLimit;
      if (row.windowStart.getTime() === count.start) count.told = row.used;
    }
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => void this.tell(), TELL_EVERY_MS).unref();
  }

  /** Writes what was counted and learns what the others did. A count that cannot be written is kept for the next time. */
  async tell(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const now = this.clock.now();
    // What a window that is over still had to tell concerns nobody.
    const gains = [...this.accounts.values()].flatMap((counts) => [...counts.values()].filter((count) => count.gain > 0 && count.end > now.getTime()).map((count) => ({ count, gain: count.gain })));
    for (const { count, gain } of gains) {
      count.gain -= gain;
      count.told += gain; // ours stand in the total even before the answer comes
    }
    const unmapped = [...this.unmapped.values()];
    this.unmapped = new Map();
    try {
      if (gains.length > 0) this.learn(await this.repository.add(gains.map(({ count, gain }) => ({ channelId: count.channelId, rule: count.rule.key, subject: count.subject, windowStart: new Date(count.start), gain })), now));
      if (unmapped.length > 0) await this.repository.addUnmapped(unmapped);
    } catch (error) {
      this.log.warn({ err: error }, 'calls to platforms could not be counted');
      for (const { count, gain } of gains) {
        count.told -= gain;
        count.gain += gain;
      }
      if (gains.length > 0) this.schedule();
    }
  }

  private noteUnmapped({ channelId, platform }: Metered, path: string, code: number, raw: string): void {
    const words = withoutSecrets(raw);
    const key = `${channelId} ${code} ${path}`;
    if (!this.said.has(`${platform} ${code}`)) {
      this.said.add(`${platform} ${code}`);
      this.log.warn({ channelId, platform, code, path, words }, 'a platform answered with a code that we do not know');
    }
    this.unmapped.set(key, { channelId, code, path, words, times: (this.unmapped.get(key)?.times ?? 0) + 1, at: this.clock.now() });
    this.schedule();
  }

  private refusal({ platform }: Metered, { rule, limit, end }: Count): string {
    const errmsg = `held back by us: ${rule.key} is used up (${limit}), comes back at ${new Date(end).toISOString()}`;
    return JSON.stringify({ errcode: heldBack(platform, rule.window), errmsg });
  }

  onApplicationShutdown(): Promise<void> {
    return this.tell();
  }
}

/** A platform may repeat what it was sent: nothing long and wordless is kept. */
const withoutSecrets = (words: string): string => words.replaceAll(/[\w+/=-]{24,}/gu, '…').slice(0, 300);

const pathOf = (url: string, apiBase: string): string => {
  const rest = url.startsWith(apiBase) ? url.slice(apiBase.length) : new URL(url).pathname;
  const end = rest.indexOf('?');
  return end < 0 ? rest : rest.slice(0, end);
};
