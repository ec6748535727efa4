// Campaigns before launch: write, copy, drop, forecast, preview.
import { Injectable } from '@nestjs/common';
import { canCarry, type SegmentRule } from '@huiliu/shared';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { AppError, invalid, notFound } from '../../core/errors/app-error.js';
import { refusal, type Refusal } from '../../core/graphql/refusal.js';
import { contentProblems, hasTemplate, Planner, type ForecastResult, type PreviewResult } from '../messages/index.js';
import { compileSegment, SegmentsService } from '../segments/index.js';
import { readCampaign, type CampaignDraft, type CampaignInput } from './campaign-input.js';
import { campaignWarnings, type Warning } from './campaign-warnings.js';
import { copyName, whyNotChange, whyNotLaunch, type CampaignContent, type LaunchFacts } from './campaign.js';
import { CampaignsRepository, type CampaignRow } from './campaigns.repository.js';
import { dispatchSpecOf } from './dispatch-spec.js';

export type Saved = ({ __typename: 'Campaign' } & CampaignRow) | Refusal;
/** The planner's forecast with each rung named as the API shows it. */
export interface Forecast extends Omit<ForecastResult, 'reachable' | 'unreachable'> {
  reachable: { index: number; kind: CampaignContent['kind']; channelId: string; count: number }[];
  unreachable: { state: 'skipped'; reason: string; count: number }[];
  warnings: Warning[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

@Injectable()
export class CampaignsService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: CampaignsRepository,
    private readonly segments: SegmentsService,
    private readonly planner: Planner,
    private readonly clock: Clock,
  ) {}

  list(): Promise<CampaignRow[]> {
    return this.db.read(() => this.repository.list());
  }

  async get(id: string): Promise<CampaignRow> {
    const campaign = await this.db.read(() => this.repository.byId(id));
    if (!campaign) throw notFound('campaign', id);
    return campaign;
  }

  /** Makes or changes a draft. @throws invalid naming the field and the fix. */
  async save(id: string | undefined, input: CampaignInput): Promise<Saved> {
    const read = readCampaign(input, this.clock.now());
    if (!read.ok) throw invalid(read.problem.field, read.problem.problem, read.problem.message);
    return this.db.write(async () => {
      if (id === undefined) {
        await this.checkReferences(read.draft);
        return asCampaign(await this.repository.insert(read.draft));
      }
      const known = await this.repository.lock(id);
      if (!known) throw notFound('campaign', id);
      const whyNot = whyNotChange(known.state);
      if (whyNot) return refusal(whyNot.code, whyNot.details);
      await this.checkReferences(read.draft);
      return asCampaign((await this.repository.update(id, read.draft)) ?? known);
    });
  }

  /** A new draft with the same content; a useful-until that has passed is left out. */
  async duplicate(id: string): Promise<CampaignRow> {
    const original = await this.get(id);
    const latestUsefulAt = original.latestUsefulAt !== null && original.latestUsefulAt > this.clock.now() ? original.latestUsefulAt : null;
    return this.db.write(() => this.repository.insert({ ...original, name: copyName(original.name), latestUsefulAt }));
  }

  async deleteDraft(id: string): Promise<{ __typename: 'Done'; ok: boolean } | Refusal> {
    return this.db.write(async () => {
      const known = await this.repository.lock(id);
      if (!known) throw notFound('campaign', id);
      const whyNot = whyNotChange(known.state);
      if (whyNot) return refusal(whyNot.code, whyNot.details);
      await this.repository.deleteDraft(id);
      return { __typename: 'Done' as const, ok: true };
    });
  }

  /** Who would be reached through what if it were launched now; nothing is written. */
  async forecast(id: string): Promise<Forecast> {
    const campaign = await this.get(id);
    const rule = campaign.rule ?? (await this.segments.get(campaign.segmentId)).rule;
    const audience = compileSegment(rule, { now: this.clock.now(), startParam: 1 });
    const forecast = await this.planner.forecast(dispatchSpecOf(campaign), audience);
    const facts = await this.db.read(() => this.launchFacts(campaign, forecast.audience));
    const whyNot = campaign.state === 'draft' ? whyNotLaunch(facts, this.clock.now()) : undefined;
    const reached = forecast.reachable.reduce((sum, rung) => sum + rung.count, 0);
    return {
      ...forecast,
      reachable: forecast.reachable.flatMap(({ index, count }) => {
        const rung = campaign.contents[index];
        return rung ? [{ index, kind: rung.kind, channelId: rung.channelId, count }] : [];
      }),
      unreachable: forecast.unreachable.map((one) => ({ state: 'skipped' as const, ...one })),
      warnings: campaignWarnings(campaign, { ...forecast, reached }, whyNot),
    };
  }

  /** What one person would get and why. */
  async preview(id: string, customerId: string): Promise<PreviewResult> {
    return this.planner.preview(dispatchSpecOf(await this.get(id)), customerId);
  }

  /** The rule that a launch at this moment would freeze, and how many people it names. */
  async audienceNow(campaign: CampaignRow): Promise<{ rule: SegmentRule; count: number }> {
    const segment = await this.segments.get(campaign.segmentId);
    const [count] = await this.segments.counts([segment]);
    return { rule: segment.rule, count: count ?? 0 };
  }

  /** What whyNotLaunch asks, as it stands in the open transaction. */
  async launchFacts(campaign: CampaignRow, audience: number): Promise<LaunchFacts> {
    const { channels, templates } = await this.repository.ladderFacts(campaign.contents);
    const offerState = campaign.offerId === null ? undefined : await this.repository.offerState(campaign.offerId);
    const problems = contentProblems(campaign.contents, (templateId) => templates.get(templateId)?.fields);
    return { state: campaign.state, contents: campaign.contents, audience, latestUsefulAt: campaign.latestUsefulAt, offerState, channels, templates, contentProblems: problems };
  }

  private async checkReferences(draft: CampaignDraft): Promise<void> {
    checkIds(draft);
    const [segment] = await this.segments.byIds([draft.segmentId]);
    if (!segment) throw unknown('segmentId', 'segment');
    if (draft.offerId !== null && (await this.repository.offerState(draft.offerId)) === undefined) throw unknown('offerId', 'offer');
    const { channels, templates } = await this.repository.ladderFacts(draft.contents);
    for (const [index, content] of draft.contents.entries()) {
      const channel = channels.get(content.channelId);
      if (!channel) throw unknown(`contents[${index}].channelId`, 'channel');
      if (!canCarry(channel.platform, content.kind, channel.settings)) {
        const field = `contents[${index}].channelId`;
        throw invalid(field, 'not_on_platform', `${field}: this account cannot carry messages of the kind ${content.kind}; choose another account or kind`);
      }
      if (!hasTemplate(content)) continue;
      const template = templates.get(content.templateId);
      const isItsKind = (template?.kind === 'notice') === (content.kind === 'template');
      if (template?.channelId !== content.channelId || !isItsKind) throw unknown(`contents[${index}].templateId`, 'message template of this kind and channel');
    }
    const [problem] = contentProblems(draft.contents, (templateId) => templates.get(templateId)?.fields);
    if (problem) {
      const field = problemPath(problem);
      throw invalid(field, problem.problem, `${field}: ${problem.en}`, { zh: problem.zh, en: problem.en });
    }
  }
}

// Where the wizard shows it: contents[1].fields.thing1, contents[0].text.
function problemPath({ rung, field }: { rung: number; field: string }): string {
  const own = ['text', 'templateId', 'deadlineHours'].includes(field) ? `.${field}` : `.fields.${field}`;
  return `contents[${rung}]${field === '' ? '' : own}`;
}

// An id that is no uuid would come back as "no such record" without saying which field.
function checkIds(draft: CampaignDraft): void {
  if (!UUID.test(draft.segmentId)) throw unknown('segmentId', 'segment');
  if (draft.offerId !== null && !UUID.test(draft.offerId)) throw unknown('offerId', 'offer');
  for (const [index, content] of draft.contents.entries()) {
    if (!UUID.test(content.channelId)) throw unknown(`contents[${index}].channelId`, 'channel');
    if (hasTemplate(content) && !UUID.test(content.templateId)) throw unknown(`contents[${index}].templateId`, 'message template of this channel');
  }
}

function unknown(field: string, what: string): Error {
  // Another merchant's looks like none: NOT_FOUND, with the field for the form.
  return new AppError('not_found', `${field}: there is no such ${what}; choose another`, { field, problem: 'unknown_reference' });
}

export function asCampaign(row: CampaignRow): { __typename: 'Campaign' } & CampaignRow {
  return { __typename: 'Campaign', ...row };
}
