// SQL of campaigns: the row, its ladder and its state.
import { Injectable } from '@nestjs/common';
import type { SegmentRule, TemplateField } from '@huiliu/shared';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';
import { hasTemplate } from '../messages/index.js';
import type { CampaignDraft } from './campaign-input.js';
import type { CampaignContent, CampaignState } from './campaign.js';

export interface CampaignRow extends CampaignDraft {
  id: string;
  /** The segment's rule as it was at launch. */
  rule: SegmentRule | null;
  state: CampaignState;
  stateReason: string | null;
  pausedFrom: 'planning' | 'sending' | null;
  launchedAt: Date | null;
  launchedBy: string | null;
  /** People of the segment at launch. */
  audience: number | null;
  finishedAt: Date | null;
  createdAt: Date;
}

/** What a ladder refers to. */
export interface LadderFacts {
  channels: Map<string, { name: string; status: string; platform: string; settings: Record<string, unknown> }>;
  templates: Map<string, { channelId: string; kind: string; title: string; fields: TemplateField[]; isActive: boolean }>;
}

const COLUMNS = `id, name, goal, segment_id as "segmentId", rule, holdout_percent as "holdoutPercent", contents, offer_id as "offerId",
  cap_messages as "capMessages", cap_days as "capDays", to_char(quiet_from, 'HH24:MI') as "quietFrom", to_char(quiet_until, 'HH24:MI') as "quietUntil",
  latest_useful_at as "latestUsefulAt", attribution_days as "attributionDays", state, state_reason as "stateReason", paused_from as "pausedFrom",
  launched_at as "launchedAt", launched_by as "launchedBy", audience, finished_at as "finishedAt", created_at as "createdAt"`;

@Injectable()
export class CampaignsRepository {
  constructor(private readonly db: TenantDb) {}

  list(): Promise<CampaignRow[]> {
    return this.db.query<CampaignRow>(`select ${COLUMNS} from campaigns order by id desc limit 500`);
  }

  byId(id: string): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(`select ${COLUMNS} from campaigns where id = $1`, [id]);
  }

  /** The row, held until the transaction ends: two clicks at once decide one after the other. */
  lock(id: string): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(`select ${COLUMNS} from campaigns where id = $1 for update`, [id]);
  }

  /** The row, safe from a change of state until the transaction ends; many planners may hold it together. */
  hold(id: string): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(`select ${COLUMNS} from campaigns where id = $1 for share`, [id]);
  }

  async insert(draft: CampaignDraft): Promise<CampaignRow> {
    const [row] = await this.db.query<CampaignRow>(
      `insert into campaigns (tenant_id, id, ${DRAFT_COLUMNS}) values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
       returning ${COLUMNS}`,
      [newId(), ...draftValues(draft)],
    );
    return row as CampaignRow;
  }

  update(id: string, draft: CampaignDraft): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(
      `update campaigns set (${DRAFT_COLUMNS}) = row($2, $3, $4, $5::int, $6::jsonb, $7::uuid, $8::int, $9::int, $10::time, $11::time, $12::timestamptz, $13::int)
       where id = $1 and state = 'draft' returning ${COLUMNS}`,
      [id, ...draftValues(draft)],
    );
  }

  deleteDraft(id: string): Promise<number> {
    return this.db.exec("delete from campaigns where id = $1 and state = 'draft'", [id]);
  }

  markLaunched(id: string, launch: { rule: SegmentRule; audience: number; at: Date; by: string | undefined }): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(
      `update campaigns set state = 'planning', rule = $2, audience = $3, launched_at = $4, launched_by = $5
       where id = $1 and state = 'draft' returning ${COLUMNS}`,
      [id, JSON.stringify(launch.rule), launch.audience, launch.at, launch.by ?? null],
    );
  }

  /** Pauses or stops a running campaign, remembering where it was. */
  halt(id: string, state: 'paused' | 'stopped', reason: string | undefined): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(
      `update campaigns set state = $2, state_reason = $3, paused_from = state where id = $1 and state in ('planning', 'sending') returning ${COLUMNS}`,
      [id, state, reason ?? null],
    );
  }

  goOn(id: string): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(
      `update campaigns set state = coalesce(paused_from, 'sending'), state_reason = null, paused_from = null
       where id = $1 and state in ('paused', 'stopped') returning ${COLUMNS}`,
      [id],
    );
  }

  cancel(id: string, at: Date): Promise<CampaignRow | undefined> {
    return this.db.one<CampaignRow>(
      `update campaigns set state = 'cancelled', finished_at = $2
       where id = $1 and state in ('planning', 'sending', 'paused', 'stopped') returning ${COLUMNS}`,
      [id, at],
    );
  }

  /** Planning is over: true for the one caller who saw the last chunk done. */
  async startSending(id: string): Promise<boolean> {
    const moved = await this.db.exec(
      `update campaigns set state = 'sending' where id = $1 and state = 'planning'
       and not exists (select 1 from campaign_chunks ch where ch.campaign_id = $1 and ch.planned_at is null)`,
      [id],
    );
    return moved > 0;
  }

  async complete(id: string, at: Date): Promise<boolean> {
    return (await this.db.exec("update campaigns set state = 'completed', finished_at = $2 where id = $1 and state = 'sending'", [id, at])) > 0;
  }

  async offerState(id: string): Promise<'draft' | 'published' | 'ended' | undefined> {
    const row = await this.db.one<{ state: 'draft' | 'published' | 'ended' }>('select state from offers where id = $1', [id]);
    return row?.state;
  }

  /** The channels and templates that a ladder names, as far as this tenant has them. */
  async ladderFacts(contents: readonly CampaignContent[]): Promise<LadderFacts> {
    const templateIds = contents.flatMap((content) => (hasTemplate(content) ? [content.templateId] : []));
    const [channels, templates] = await Promise.all([
      this.db.query<{ id: string; name: string; status: string; platform: string; settings: Record<string, unknown> }>('select id, name, status, platform, settings from channels where id = any($1::uuid[])', [
        contents.map((content) => content.channelId),
      ]),
      this.db.query<{ id: string; channelId: string; kind: string; title: string; fields: TemplateField[]; isActive: boolean }>(
        'select id, channel_id as "channelId", kind, title, fields, is_active as "isActive" from message_templates where id = any($1::uuid[])',
        [templateIds],
      ),
    ]);
    return { channels: new Map(channels.map((row) => [row.id, row])), templates: new Map(templates.map((row) => [row.id, row])) };
  }
}

const DRAFT_COLUMNS = `name, goal, segment_id, holdout_percent, contents, offer_id, cap_messages, cap_days, quiet_from, quiet_until,
  latest_useful_at, attribution_days`;

function draftValues(draft: CampaignDraft): unknown[] {
  return [
    draft.name, draft.goal, draft.segmentId, draft.holdoutPercent, JSON.stringify(draft.contents), draft.offerId,
    draft.capMessages, draft.capDays, draft.quietFrom, draft.quietUntil, draft.latestUsefulAt, draft.attributionDays,
  ];
}
