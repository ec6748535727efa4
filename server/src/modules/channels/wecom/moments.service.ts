// Posts to moments: asked of employees, published by hand, counted by asking.
import { Injectable } from '@nestjs/common';
import { currentTenantId } from '../../../core/context.js';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { invalid, notFound } from '../../../core/errors/app-error.js';
import { refusal, type Refusal } from '../../../core/graphql/refusal.js';
import { newId } from '../../../core/ids.js';
import { Audit } from '../../tenants/index.js';
import type { MomentPost } from '../adapters/wecom/moments.client.js';
import { wecomFailure } from '../adapters/wecom/wecom.errors.js';
import { wecomOf } from '../adapters/wecom/wecom.adapter.js';
import { PlatformCalls, refusedBy } from '../platform-calls.service.js';

export interface MomentRow {
  id: string;
  channelId: string;
  text: string;
  state: 'making' | 'waiting' | 'failed' | 'unknown' | 'cancelled';
  jobId: string | null;
  momentId: string | null;
  asked: number;
  published: number;
  problem: string | null;
  createdAt: Date;
}

const MOMENT = `id, channel_id as "channelId", text, state, job_id as "jobId", moment_id as "momentId", asked, published, problem, created_at as "createdAt"`;
const MAX_BYTES = 4_000;

@Injectable()
export class MomentsService {
  constructor(private readonly db: TenantDb, private readonly calls: PlatformCalls, private readonly audit: Audit) {}

  async list(channelId: string): Promise<MomentRow[]> {
    await this.calls.open(channelId, wecomOf);
    return this.db.read(() => this.db.query<MomentRow>(`select ${MOMENT} from moments where channel_id = $1 order by created_at desc, id desc limit 200`, [channelId]));
  }

  /** @throws INVALID, NOT_FOUND */
  async create(channelId: string, post: MomentPost): Promise<MomentRow | Refusal> {
    const { channel, account } = await this.calls.open(channelId, wecomOf);
    if (post.text.trim() === '') throw invalid('text', 'required', 'Write something.');
    if (Buffer.byteLength(post.text) > MAX_BYTES) throw invalid('text', 'too_long', `At most ${MAX_BYTES} bytes.`, { max: MAX_BYTES });
    const id = newId();
    await this.db.write(async () => {
      await this.db.exec('insert into moments (tenant_id, id, channel_id, text) values ($1, $2, $3, $4)', [currentTenantId(), id, channelId, post.text]);
      await this.audit.record('channel.create_moment', { kind: 'channel', id: channelId });
    });
    const made = await this.calls.ask(channel, (token) => account.moments.add(post, token));
    if (made.ok) await this.note(id, { jobId: made.value });
    else await this.note(id, { state: made.problem === 'platform_silent' ? 'unknown' : 'failed', problem: made.problem });
    if (!made.ok && made.problem !== 'platform_silent') return refusedBy(made);
    return this.get(id);
  }

  async cancel(id: string): Promise<Refusal | undefined> {
    const moment = await this.get(id);
    const { momentId } = moment;
    if (momentId === null || moment.state !== 'waiting') return refusal('moment_not_waiting', { state: moment.state });
    const { channel, account } = await this.calls.open(moment.channelId, wecomOf);
    const done = await this.calls.ask(channel, (token) => account.moments.cancel(momentId, token));
    if (!done.ok) return refusedBy(done);
    await this.note(id, { state: 'cancelled' });
    return undefined;
  }

  /** No callback tells of either: whether it was made, and who has published it. A week long. */
  async poll(): Promise<void> {
    const open = await this.db.read(() => this.db.query<MomentRow>(
      `select ${MOMENT} from moments where job_id is not null and (state = 'making' or (state = 'waiting' and (asked = 0 or published < asked))) and created_at > now() - interval '7 days' order by created_at limit 50`));
    for (const moment of open) await (moment.state === 'making' ? this.pollJob(moment) : this.pollEmployees(moment));
  }

  private async pollJob(moment: MomentRow): Promise<void> {
    const { channel, account } = await this.calls.open(moment.channelId, wecomOf);
    const job = await this.calls.ask(channel, (token) => account.moments.job(moment.jobId ?? '', token));
    if (!job.ok || job.value.state === 'started' || job.value.state === 'making') return;
    if (job.value.state === 'failed') return this.note(moment.id, { state: 'failed', problem: wecomFailure(job.value.code, '').problem });
    await this.note(moment.id, { state: 'waiting', momentId: job.value.momentId });
  }

  private async pollEmployees(moment: MomentRow): Promise<void> {
    const { channel, account } = await this.calls.open(moment.channelId, wecomOf);
    const sum = { asked: 0, published: 0 };
    let cursor = '';
    do {
      const page = await this.calls.ask(channel, (token) => account.moments.published(moment.momentId ?? '', cursor, token));
      if (!page.ok) return;
      sum.asked += page.value.asked;
      sum.published += page.value.published;
      cursor = page.value.next;
    } while (cursor !== '');
    await this.db.write(() => this.db.exec('update moments set asked = $2, published = $3 where id = $1', [moment.id, sum.asked, sum.published]));
  }

  private async note(id: string, change: { state?: MomentRow['state']; jobId?: string; momentId?: string; problem?: string }): Promise<void> {
    await this.db.write(() => this.db.exec(
      'update moments set state = coalesce($2, state), job_id = coalesce($3, job_id), moment_id = coalesce($4, moment_id), problem = coalesce($5, problem) where id = $1',
      [id, change.state ?? null, change.jobId ?? null, change.momentId ?? null, change.problem ?? null]));
  }

  private async get(id: string): Promise<MomentRow> {
    const row = await this.db.read(() => this.db.one<MomentRow>(`select ${MOMENT} from moments where id = $1`, [id]));
    if (row === undefined) throw notFound('moment', id);
    return row;
  }
}
