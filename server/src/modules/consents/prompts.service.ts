// What customers answered and did, as channels and pages tell it, entered into the ledger.
import { Injectable } from '@nestjs/common';
import { subscriptionKind, type WindowAction } from '@huiliu/shared';
import { Clock } from '../../core/clock.js';
import { currentCustomerId } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { invalid } from '../../core/errors/app-error.js';
import { InboundEvents, TemplatesService, type ChannelEvent } from '../channels/index.js';
import { IdentityService, TimelineService, type Resolved, type TimelineFact } from '../customers/index.js';
import { Ledger, type Refused, type WindowOpened } from './ledger.service.js';
import { PermitsRepository } from './permits.repository.js';
import type { PromptReport } from './prompt.js';

type Of<T extends ChannelEvent['type']> = Extract<ChannelEvent, { type: T }>;
type Answer = Of<'subscription.answered'> | Of<'subscription.changed'>;
type Acted = Of<'customer.wrote'> | Of<'customer.entered'> | Of<'follower.followed'> | Of<'scene.scanned'> | Of<'menu.tapped'>;
type Template = Awaited<ReturnType<TemplatesService['byIds']>>[number];

export interface ClientAnswer {
  templateExternalId: string;
  answer: 'accept' | 'reject' | 'ban' | 'filter';
}

const MOST_ANSWERS = 10;

@Injectable()
export class PromptsService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly inbound: InboundEvents,
    private readonly templates: TemplatesService,
    private readonly identities: IdentityService,
    private readonly timeline: TimelineService,
    private readonly ledger: Ledger,
    private readonly permits: PermitsRepository,
  ) {}

  /** Enters the answers and actions of stored callbacks. May run twice: each has its own key. */
  async enter(channelId: string, inboundIds: readonly string[]): Promise<void> {
    const events = await this.inbound.load(channelId, inboundIds);
    const answers = events.filter((event) => event.type === 'subscription.answered' || event.type === 'subscription.changed');
    const actions = events.flatMap((event): Acted[] => (isAction(event) ? [event] : []));
    if (answers.length + actions.length === 0) return;
    const platform = await this.db.read(() => this.permits.platformOf(channelId));
    const templates = await this.templatesOf(channelId, answers.map((event) => event.templateExternalId));
    await this.db.write(async () => {
      const people = await this.identities.resolveMany(channelId, identityKindOf(platform), [...answers, ...actions].map((event) => event.externalId));
      const facts = [...(await this.enterAnswers(answers, people, templates)), ...(await this.enterActions(platform, actions, people))];
      await this.timeline.record(facts);
    });
  }

  /** The client's report of one prompt of the signed-in customer. @returns how many sends it granted now */
  async report(promptId: string, appId: string, answers: readonly ClientAnswer[]): Promise<number> {
    if (!/^[A-Za-z0-9_-]{8,64}$/u.test(promptId)) throw invalid('promptId', 'bad_format', 'promptId must be 8 to 64 letters, digits, "-" or "_"; make a new one for each prompt.');
    if (answers.length > MOST_ANSWERS) throw invalid('answers', 'too_many', `answers has at most ${MOST_ANSWERS} entries: one for each template of the prompt.`, { max: MOST_ANSWERS });
    const who = await this.db.read(() => this.permits.identityAt(currentCustomerId(), appId));
    const accepted = answers.filter((one) => one.answer === 'accept').map((one) => one.templateExternalId);
    if (!who || accepted.length === 0) return 0;
    const templates = await this.templatesOf(who.channelId, accepted);
    const reports = [...new Set(accepted)].flatMap((externalId): PromptReport[] => {
      const template = templates.get(externalId);
      return template ? [{
        identityId: who.identityId, kind: subscriptionKind(template.kind), scope: template.id, reportedBy: 'client',
        sourceKey: `client:${who.identityId}:${promptId}:${template.id}`, occurredAt: this.clock.now(),
      }] : [];
    });
    return (await this.ledger.accept(reports)).length;
  }

  private async templatesOf(channelId: string, externalIds: readonly string[]): Promise<Map<string, Template>> {
    if (externalIds.length === 0) return new Map();
    const rows = await this.templates.byExternalIds(channelId, [...new Set(externalIds)]);
    return new Map(rows.map((row) => [row.external_id, row]));
  }

  private async enterAnswers(answers: readonly Answer[], people: ReadonlyMap<string, Resolved>, templates: ReadonlyMap<string, Template>): Promise<TimelineFact[]> {
    const known = answers.flatMap((event) => {
      const [person, template] = [people.get(event.externalId), templates.get(event.templateExternalId)];
      return person && template ? [{ event, person, template, kind: subscriptionKind(template.kind) }] : [];
    });
    await this.ledger.accept(known.filter(({ event }) => event.type === 'subscription.answered' && event.status === 'accept').map(({ event, person, template, kind }) => ({
      identityId: person.identityId, kind, scope: template.id, sourceKey: event.dedupKey, reportedBy: 'callback', occurredAt: new Date(event.at),
    })));
    // A "no" to one prompt takes nothing away; a switch turned off and a ban do.
    await this.ledger.refuse(known.filter(({ event }) => event.status === 'ban' || (event.type === 'subscription.changed' && event.status === 'reject')).map(({ event, person, template, kind }): Refused => ({
      identityId: person.identityId, kind, scope: template.id, at: new Date(event.at), sourceKey: event.dedupKey, freed: 0,
      reason: event.status === 'ban' ? 'banned' : 'switched_off', evidence: { status: event.status },
    })));
    return known.map(({ event, person, template }) => ({
      customerId: person.customerId, type: factOf(event), occurredAt: new Date(event.at), sourceKey: `prompt:${template.channel_id}:${event.dedupKey}`,
      subjectId: template.id, detail: { title: template.title },
    }));
  }

  private async enterActions(platform: string, actions: readonly Acted[], people: ReadonlyMap<string, Resolved>): Promise<TimelineFact[]> {
    const known = actions.flatMap((event) => {
      const person = people.get(event.externalId);
      return person ? [{ event, person }] : [];
    });
    await this.ledger.openWindows(known.flatMap(({ event, person }): WindowOpened[] => windowsOf(event, platform).map((action) => ({
      identityId: person.identityId, platform, action, at: new Date(event.at), sourceKey: action === 'scan' && event.type === 'follower.followed' ? `${event.dedupKey}/scan` : event.dedupKey,
    }))));
    await this.ledger.followed(known.flatMap(({ event, person }) => (event.type === 'follower.followed' ? [person.identityId] : [])));
    return known.flatMap(({ event, person }): TimelineFact[] => {
      const detail = detailOf(event);
      return detail === undefined ? [] : [{
        customerId: person.customerId, type: event.type, occurredAt: new Date(event.at), sourceKey: `action:${person.identityId}:${event.dedupKey}`, detail,
      }];
    });
  }
}

function isAction(event: ChannelEvent): event is Acted {
  return event.type === 'customer.wrote' || event.type === 'customer.entered' || event.type === 'follower.followed' || event.type === 'scene.scanned' || event.type === 'menu.tapped';
}

/** People of WeCom's world are known by its own id. */
const identityKindOf = (platform: string): string => (platform === 'wecom' || platform === 'wechat_kf' ? 'external_userid' : 'openid');

/** Which windows an action opens; a platform without a rule for one grants nothing. */
function windowsOf(event: Acted, platform: string): WindowAction[] {
  switch (event.type) {
    case 'customer.wrote':
      return [platform === 'wechat_kf' ? 'kf_message' : 'message'];
    case 'customer.entered':
      return ['enter'];
    case 'follower.followed':
      return event.scene === undefined ? ['follow'] : ['follow', 'scan'];
    case 'scene.scanned':
      return ['scan'];
    case 'menu.tapped':
      return event.opens === 'answer' ? ['menu'] : []; // an entry that opens a page earns nothing
  }
}

/** What the timeline keeps of it; undefined: others tell it (who followed or scanned is a customer's and an entry link's news). */
function detailOf(event: Acted): Record<string, unknown> | undefined {
  switch (event.type) {
    case 'customer.wrote':
      return { text: excerpt(event.text) };
    case 'customer.entered':
      return { from: excerpt(event.sessionFrom) };
    case 'menu.tapped':
      return { key: excerpt(event.key) };
    default:
      return undefined;
  }
}

/** The beginning, by whole characters: half an emoji is no text, and Postgres would refuse the whole batch for it. */
const excerpt = (text: string): string => Array.from(text.slice(0, 400)).slice(0, 200).join('').toWellFormed();

function factOf({ type, status }: Answer): string {
  if (type === 'subscription.changed') return status === 'accept' ? 'subscription.switched_on' : 'subscription.switched_off';
  return status === 'accept' ? 'subscription.accepted' : 'subscription.rejected';
}
