// Offers as the merchant works on them: write, check, publish, end.
import { Injectable } from '@nestjs/common';
import { lintOffer, type OfferLintFinding } from '@huiliu/shared';
import { Clock } from '../../core/clock.js';
import { currentContext } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { conflict, invalid, notFound } from '../../core/errors/app-error.js';
import { Events } from '../../core/events/events.js';
import { refusal, type Refusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import { Audit } from '../tenants/index.js';
import { noticeProblems, offerProblem, whyNotChange, whyNotPublish, type FieldProblem, type Offer, type OfferInput, type PublishFacts } from './offer.js';
import { OfferSurroundings, type Surroundings } from './offer-surroundings.service.js';
import { OffersRepository, type OfferReport } from './offers.repository.js';

@Injectable()
export class OffersService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly offers: OffersRepository,
    private readonly surroundings: OfferSurroundings,
    private readonly audit: Audit,
  ) {}

  list(): Promise<Offer[]> {
    return this.db.read(() => this.offers.list());
  }

  byIds(ids: readonly string[]): Promise<Offer[]> {
    return this.db.read(() => this.offers.byIds(ids));
  }

  /** @throws NOT_FOUND */
  async get(id: string): Promise<Offer> {
    const [offer] = await this.byIds([id]);
    if (!offer) throw notFound('offer', id);
    return offer;
  }

  reports(ids: readonly string[]): Promise<OfferReport[]> {
    return this.db.read(() => this.offers.reports(ids));
  }

  /** What the policy rules say of each offer now, in the order given. */
  async lint(offers: readonly Offer[]): Promise<OfferLintFinding[][]> {
    const around = await this.surroundings.load(offers);
    return offers.map((offer) => lintOf(offer, around));
  }

  /** Makes a draft, or changes one. @throws INVALID naming the field, NOT_FOUND, CONFLICT when it has ended. */
  async save(id: string | undefined, input: OfferInput): Promise<Offer> {
    refuse(offerProblem(input));
    return this.db.write(async () => {
      const before = id ? await this.offers.lock(id) : undefined;
      if (id && !before) throw notFound('offer', id);
      if (before?.state === 'ended') throw conflict('offer', 'The offer has ended. Make a new one.');
      if (before) refuse(whyNotChange(before, input));
      const around = await this.surroundings.load([{ ...input, notices: input.notices ?? [] }]);
      this.checkReferences(input, around);
      if (before?.state === 'published') this.checkPublishedWords({ ...before, ...input, description: input.description ?? '', notices: input.notices ?? [], mode: before.mode }, around);
      return before ? this.offers.update(before.id, input) : this.offers.insert(newId(), input, this.clock.now());
    });
  }

  /**
   * Makes the offer public. Publishing what is published changes nothing.
   * Refused: the reasons of whyNotPublish. The owner may publish against policy with a reason; that is written to the audit log by name.
   */
  async publish(id: string, override: string | undefined): Promise<(Offer & { __typename: 'Offer' }) | Refusal> {
    return this.db.write(async () => {
      const offer = await this.offers.lock(id);
      if (!offer) throw notFound('offer', id);
      if (offer.state === 'published') return { __typename: 'Offer', ...offer };
      const now = this.clock.now();
      const facts = this.factsOf(offer, await this.surroundings.load([offer]), override);
      const why = whyNotPublish(facts, now);
      if (why) return refusal(why.code, why.details);
      return { __typename: 'Offer', ...(await this.makePublic(offer, facts, now)) };
    });
  }

  /** Nobody can claim it any more; coupons that people hold stay. @throws NOT_FOUND */
  async end(id: string): Promise<Offer> {
    return this.db.write(async () => {
      const offer = await this.offers.end(id, this.clock.now());
      if (!offer) throw notFound('offer', id);
      await this.audit.record('offer.end', { kind: 'offer', id }, { name: offer.name });
      return offer;
    });
  }

  private async makePublic(offer: Offer, facts: PublishFacts, now: Date): Promise<Offer> {
    const blocks = facts.lint.filter((finding) => finding.level === 'block').map(({ rule, since }) => ({ rule, since }));
    const override = facts.override && blocks.length > 0 ? { by: currentContext().actor.id, reason: facts.override.reason.trim() } : undefined;
    const published = await this.offers.publish(offer.id, now, override);
    const subject = { kind: 'offer', id: offer.id };
    await this.audit.record('offer.publish', subject, { name: offer.name });
    if (override) await this.audit.record('offer.override', subject, { name: offer.name, reason: override.reason, against: blocks });
    await this.events.emit('offer.published', { offerId: offer.id });
    return published;
  }

  private factsOf(offer: Offer, around: Surroundings, override: string | undefined): PublishFacts {
    const coupon = around.coupons.get(offer.couponTemplateId)!;
    const isAllowed = currentContext().actor.permissions?.has('offer.override') ?? false;
    return {
      offer, coupon, channelStatus: around.channels.get(offer.channelId)?.status ?? 'disconnected', lint: lintOf(offer, around),
      problems: noticeProblems(offer.notices, (id) => around.templates.get(id)), override: override === undefined ? undefined : { reason: override, isAllowed },
    };
  }

  /** What an offer points at must be there, and of the same account. */
  private checkReferences(input: OfferInput, around: Surroundings): void {
    if (!around.channels.has(input.channelId)) throw notFound('channel', input.channelId);
    if (!around.coupons.has(input.couponTemplateId)) throw notFound('coupon_template', input.couponTemplateId);
    for (const [index, notice] of (input.notices ?? []).entries()) {
      const template = around.templates.get(notice.templateId);
      if (!template) throw notFound('message_template', notice.templateId);
      if (template.channelId === input.channelId) continue;
      throw invalid(`notices[${index}].templateId`, 'not_of_channel', `notices[${index}].templateId belongs to another account. Choose a template of the offer's own account.`);
    }
  }

  /** The public sees every change of a published offer at once, so it must be fit to be seen. */
  private checkPublishedWords(offer: Offer, around: Surroundings): void {
    const [problem] = noticeProblems(offer.notices, (id) => around.templates.get(id));
    if (problem) throw invalid(`notices[${problem.notice}].fields.${problem.field}`, problem.problem, problem.en, { zh: problem.zh });
    const block = lintOf(offer, around).find((finding) => finding.level === 'block');
    if (block && offer.overrideReason === null) throw invalid('headline', block.rule, `The platform's rules since ${block.since} forbid this (${block.rule}). Change the words, or end the offer and publish a new one.`, { since: block.since });
  }
}

function lintOf(offer: Pick<Offer, 'channelId' | 'mode' | 'headline' | 'description' | 'notices'>, around: Surroundings): OfferLintFinding[] {
  const notices = offer.notices.map((notice) => ({ purpose: notice.purpose, title: around.templates.get(notice.templateId)?.title ?? '', kind: around.templates.get(notice.templateId)?.kind ?? '' }));
  return lintOffer({ platform: around.channels.get(offer.channelId)?.platform ?? '', mode: offer.mode, headline: offer.headline, description: offer.description, notices });
}

function refuse(problem: FieldProblem | undefined): void {
  if (problem) throw invalid(problem.field, problem.problem, problem.message, problem.more);
}
