// The reach ledger: the only writer of permits. Every change leaves a credit, and the credits minus the messages are the balance.
import { Injectable } from '@nestjs/common';
import { SAME_PROMPT_SECONDS, UNLIMITED_KINDS, type WindowAction } from '@huiliu/shared';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';
import { LedgerRepository, type NewCredit, type PermitChange, type PermitKey } from './ledger.repository.js';
import { openWindow, worthOfAccept, zeroing, type PermitState } from './permit.js';
import { judgeReports, permitKey, type PromptReport } from './prompt.js';

export interface WindowOpened {
  identityId: string;
  /** Of the channel: what it grants for the action. */
  platform: string;
  action: WindowAction;
  at: Date;
  sourceKey: string;
}

export interface Refused extends PermitKey {
  /** refused, drift, switched_off, banned, blocked … */
  reason: string;
  at: Date;
  sourceKey: string;
  evidence: Record<string, unknown>;
  /** Messages that stop counting against the permit with this refusal. */
  freed: number;
}

const EXPIRE_BATCH = 2_000;

@Injectable()
export class Ledger {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: LedgerRepository,
  ) {}

  /**
   * Credits accepted prompts: each tap once, however often and by whomever it is told.
   * @returns the reports that granted a send now
   */
  accept(reports: readonly PromptReport[]): Promise<PromptReport[]> {
    if (reports.length === 0) return Promise.resolve([]);
    return this.db.write(async () => {
      const permits = byKey(await this.repository.lock(reports));
      const times = reports.map((r) => r.occurredAt.getTime());
      const near = { from: new Date(Math.min(...times) - SAME_PROMPT_SECONDS * 1000), to: new Date(Math.max(...times) + SAME_PROMPT_SECONDS * 1000) };
      const known = await this.repository.grants(reports, near, reports.map((r) => r.sourceKey));
      const verdict = judgeReports(reports, known, newId);
      await this.repository.match(verdict.matches);
      const worth = verdict.grants.map((grant) => ({ grant, change: worthOfAccept(grant.occurredAt, permits.get(permitKey(grant))?.refusedAt ?? null) }));
      await this.repository.credit(worth.map(({ grant, change }): NewCredit => ({ ...grant, id: grant.creditId, change: isUnlimited(grant) ? 0 : change, reason: 'accepted' })));
      await this.repository.change(sumGrants(permits, worth), this.clock.now());
      return worth.filter(({ change }) => change > 0).map(({ grant }) => grant);
    });
  }

  /** Resets windows: the newest action of each kind sets count and end anew. @returns those that opened one */
  openWindows(actions: readonly WindowOpened[]): Promise<WindowOpened[]> {
    if (actions.length === 0) return Promise.resolve([]);
    return this.db.write(async () => {
      const newest = newestPerWindow(actions);
      const keys = newest.map(windowKey);
      const permits = byKey(await this.repository.lock(keys));
      const known = await this.repository.known(newest.map((a) => a.sourceKey));
      // Counted after the lock: whoever planned against the old window has committed by now, and is seen.
      const outstanding = await this.repository.outstanding(keys);
      const now = this.clock.now();
      const opened = newest.flatMap((action) => {
        const key = permitKey(windowKey(action));
        const permit = permits.get(key);
        const opening = permit && !known.has(action.sourceKey) ? openWindow(permit, action, outstanding.get(key) ?? 0, now) : undefined;
        return opening ? [{ action, opening }] : [];
      });
      await this.repository.credit(opened.map(({ action, opening }): NewCredit => ({
        ...windowKey(action), id: newId(), change: opening.change, reason: 'window_opened', sourceKey: action.sourceKey, reportedBy: 'callback', occurredAt: action.at,
      })));
      await this.repository.change(opened.map(({ action, opening }): PermitChange => ({
        ...windowKey(action), remaining: opening.remaining, granted: opening.granted, openedAt: action.at, expiresAt: opening.expiresAt,
      })), now);
      return opened.map(({ action }) => action);
    });
  }

  /** The platform says that nothing is left: what stood in the ledger goes, except what was accepted after that moment. */
  refuse(refusals: readonly Refused[]): Promise<void> {
    if (refusals.length === 0) return Promise.resolve();
    return this.db.write(async () => {
      const permits = byKey(await this.repository.lock(refusals));
      const known = await this.repository.known(refusals.map((r) => r.sourceKey));
      const fresh = firstOfEachKey(refusals).filter((r) => !known.has(r.sourceKey));
      const later = await this.repository.acceptsAfter(fresh);
      const changes = new Map<string, PermitChange>();
      const credits = fresh.map((refused): NewCredit => {
        const key = permitKey(refused);
        const before = changes.get(key)?.remaining ?? permits.get(key)?.remaining ?? 0;
        const { remaining, change } = isUnlimited(refused) ? { remaining: 0, change: 0 } : zeroing(before, later.get(key) ?? 0, refused.freed);
        changes.set(key, { identityId: refused.identityId, kind: refused.kind, scope: refused.scope, remaining, granted: 0, refusedAt: refused.at });
        return { ...refused, id: newId(), change, reportedBy: 'system', occurredAt: refused.at };
      });
      await this.repository.credit(credits);
      await this.repository.change([...changes.values()], this.clock.now());
    });
  }

  /** These people follow the account (again): what was refused because they did not is over. */
  followed(identityIds: readonly string[]): Promise<void> {
    return identityIds.length === 0 ? Promise.resolve() : this.db.write(() => this.repository.followed(identityIds, this.clock.now()));
  }

  /** One permit to zero by hand of the system: what the ledger thought was wrong. `evidence` says how we know. */
  correctToZero(identityId: string, kind: string, scope: string, why: { reason: string; evidence: Record<string, unknown> }): Promise<void> {
    return this.refuse([{ identityId, kind, scope, ...why, at: this.clock.now(), sourceKey: `correction:${newId()}`, freed: 0 }]);
  }

  /** Gives back sends that were reserved and will not be made: one key per message. */
  release(keys: readonly PermitKey[]): Promise<void> {
    return this.db.write(() => this.repository.release(keys, this.clock.now()));
  }

  /** Closes the windows whose time is over; batch by batch, so that no lock is held for long. */
  async expire(): Promise<number> {
    let total = 0;
    for (;;) {
      const closed = await this.db.write(() => this.repository.expire(this.clock.now(), EXPIRE_BATCH));
      total += closed;
      if (closed < EXPIRE_BATCH) return total;
    }
  }
}

const isUnlimited = ({ kind }: { kind: string }): boolean => UNLIMITED_KINDS.some((one) => one === kind);
const windowKey = ({ identityId, action }: WindowOpened): PermitKey => ({ identityId, kind: 'service_window', scope: action });
const byKey = (permits: readonly PermitState[]): Map<string, PermitState> => new Map(permits.map((p) => [permitKey(p), p]));

/** One batch may tell the same refusal twice: two pushes of one second, both naming the template that was switched off. */
function firstOfEachKey(refusals: readonly Refused[]): Refused[] {
  return [...new Map(refusals.toReversed().map((refused) => [refused.sourceKey, refused])).values()].toReversed();
}

function newestPerWindow(actions: readonly WindowOpened[]): WindowOpened[] {
  const newest = new Map<string, WindowOpened>();
  for (const action of actions) {
    const key = permitKey(windowKey(action));
    const other = newest.get(key);
    if (!other || other.at < action.at) newest.set(key, action);
  }
  return [...newest.values()];
}

function sumGrants(permits: ReadonlyMap<string, PermitState>, worth: readonly { grant: PromptReport; change: number }[]): PermitChange[] {
  const changes = new Map<string, PermitChange>();
  for (const { grant, change } of worth) {
    if (change === 0) continue;
    const key = permitKey(grant);
    const before = changes.get(key);
    const remaining = before ? before.remaining : (permits.get(key)?.remaining ?? null);
    changes.set(key, {
      identityId: grant.identityId, kind: grant.kind, scope: grant.scope, granted: (before?.granted ?? 0) + change,
      remaining: isUnlimited(grant) ? null : (remaining ?? 0) + change, openedAt: grant.occurredAt,
    });
  }
  return [...changes.values()];
}
