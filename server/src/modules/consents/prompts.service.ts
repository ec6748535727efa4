// What customers answered and did, as channels and pages tell it, entered into the ledger.
import { Injectable } from '@nestjs/common';
import { subscriptionKind } from '@huiliu/shared';
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
    const actions = events.filter((event) => event.type === 'customer.wrote' || event.type === 'customer.entered');
    if (answers.length + actions.length === 0) return;
    const templates = await this.templatesOf(channelId, answers.map((event) => event.templateExternalId));
    await this.db.write(async () => {
      const people = await this.identities.resolveMany(channelId, 'openid', [...answers, ...actions].map((event) => event.externalId));
      const facts = [...(await this.enterAnswers(answers, people, templates)), ...(await this.enterActions(actions, people))];
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

  private async enterActions(actions: readonly (Of<'customer.wrote'> | Of<'customer.entered'>)[], people: ReadonlyMap<string, Resolved>): Promise<TimelineFact[]> {
    const known = actions.flatMap((event) => {
      const person = people.get(event.externalId);
      return person ? [{ event, person }] : [];
    });
    await this.ledger.openWindows(known.map(({ event, person }): WindowOpened => ({
      identityId: person.identityId, action: event.type === 'customer.wrote' ? 'message' : 'enter', at: new Date(event.at), sourceKey: event.dedupKey,
    })));
    return known.map(({ event, person }) => ({
      customerId: person.customerId, type: event.type, occurredAt: new Date(event.at), sourceKey: `action:${person.identityId}:${event.dedupKey}`,
      detail: event.type === 'customer.wrote' ? { text: excerpt(event.text) } : { from: excerpt(event.sessionFrom) },
    }));
  }
}

/** The beginning, by whole characters: half an emoji is no text, and Postgres would refuse the whole batch for it. */
const excerpt = (text: string): string => Array.from(text.slice(0, 400)).slice(0, 200).join('').toWellFormed();

function factOf({ type, status }: Answer): string {
  if (type === 'subscription.changed') return status === 'accept' ? 'subscription.switched_on' : 'subscription.switched_off';
  return status === 'accept' ? 'subscription.accepted' : 'subscription.rejected';
}
