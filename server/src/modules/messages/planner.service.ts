// The planner: who of an audience gets what, over which channel, and why not. The same statements for a million people and for one.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { notFound } from '../../core/errors/app-error.js';
import { DispatchesRepository } from './dispatches.repository.js';
import type { PlanQuestion } from './plan-sql.js';
import type { AudienceChunk, DispatchSpec, ForecastResult, PlanOutcome, PreviewResult, SqlCondition } from './plan.js';
import { PlannerRepository, type PlanTally } from './planner.repository.js';
import { afterQuiet } from './quiet.js';
import { RendererService } from './renderer.service.js';

// A lost race leaves one permit less; a person has few. More rounds than this is a bug, not bad luck.
const MOST_ROUNDS = 20;

@Injectable()
export class Planner {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: PlannerRepository,
    private readonly dispatches: DispatchesRepository,
    private readonly renderer: RendererService,
  ) {}

  /**
   * Reserves permits and writes a message for everybody of the chunk who has none in this dispatch: planned, held back, or skipped with
   * the reason. Joins an open write, else opens one. Planning a chunk twice plans nothing twice; a dispatch that is over plans nothing.
   */
  planChunk(dispatchId: string, chunk: AudienceChunk): Promise<PlanOutcome> {
    return this.db.write(async () => {
      const dispatch = await this.dispatches.hold(dispatchId);
      if (!dispatch) throw notFound('dispatch', dispatchId);
      const now = this.clock.now();
      if (!['open', 'sending', 'paused'].includes(dispatch.state)) return outcomeOf([], now, now);
      await this.repository.lock();
      const question = await this.ask(dispatch.spec, chunk);
      const tallies: PlanTally[] = [];
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const found = await this.repository.plan(question);
        tallies.push(...found.filter(({ state }) => state !== null));
        if (!found.some(({ state }) => state === null)) break;
      }
      return outcomeOf(tallies, question.dueAt, question.now);
    });
  }

  /** What planning this audience would do now; reserves nothing. */
  forecast(spec: DispatchSpec, audience: SqlCondition): Promise<ForecastResult> {
    return this.db.read(async () => {
      const question = await this.ask(spec, { audience });
      const { tallies, permitsBefore, permitsTaken, exhausted } = await this.repository.forecast(question);
      return { ...outcomeOf(tallies, question.dueAt, question.now), permitsBefore, permitsAfter: permitsBefore - permitsTaken, exhausted };
    });
  }

  /** What one person would get and why, whether or not the segment holds them. @throws not_found */
  preview(spec: DispatchSpec, customerId: string): Promise<PreviewResult> {
    return this.db.read(async () => {
      const question = { ...(await this.ask(spec, { audience: { sql: 'c.id = $1::uuid', params: [customerId] } })), isPreview: true };
      const verdict = await this.repository.verdictOf(question);
      if (!verdict) throw notFound('customer', customerId);
      const shown = spec.contents[verdict.chosen ?? 0];
      const chosenIndex = verdict.isHeld ? undefined : (verdict.chosen ?? undefined);
      const read = shown ? await this.renderer.preview(shown, customerId, question.dueAt) : { title: undefined, lines: [], text: undefined };
      return { isHeldBack: verdict.isHeld, chosenIndex, reason: verdict.reason ?? undefined, dueAt: question.dueAt, considered: verdict.considered, ...read };
    });
  }

  /** Sends people whom the platform refused on over a later rung, while that is useful. Inside the write that refused them. */
  async reroute(spec: DispatchSpec, refused: { customerIds: readonly string[]; fromIndex: number }): Promise<void> {
    if (refused.fromIndex >= spec.contents.length) return;
    const question = await this.ask(spec, { audience: { sql: 'c.id = any($1::uuid[])', params: [refused.customerIds] } });
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const found = await this.repository.reroute({ ...question, rerouteFrom: refused.fromIndex });
      if (!found.some(({ state }) => state === null)) break;
    }
  }

  private async ask(spec: DispatchSpec, chunk: AudienceChunk): Promise<PlanQuestion> {
    const [now, { zone }] = [this.clock.now(), await this.repository.shop()];
    return { spec, ...chunk, now, zone, dueAt: afterQuiet(now, spec.quiet, zone), settings: await this.repository.settingsOf(spec) };
  }
}

function outcomeOf(tallies: readonly PlanTally[], dueAt: Date, now: Date): PlanOutcome {
  const sum = (rows: readonly PlanTally[]): number => rows.reduce((total, row) => total + row.count, 0);
  const planned = tallies.filter(({ state }) => state === 'planned');
  const skipped = tallies.filter(({ state }) => state === 'skipped');
  const group = <K>(rows: readonly PlanTally[], of: (row: PlanTally) => K | null): [K, number][] =>
    [...Map.groupBy(rows, of)].flatMap(([key, of]) => (key === null ? [] : [[key, sum(of)] as [K, number]]));
  return {
    audience: sum(tallies),
    holdout: sum(tallies.filter(({ state }) => state === 'held_back')),
    reachable: group(planned, (row) => row.chosen).map(([index, count]) => ({ index, count })).sort((a, b) => a.index - b.index),
    unreachable: group(skipped, (row) => row.reason).map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
    deferred: dueAt > now ? sum(planned) : 0,
  };
}
