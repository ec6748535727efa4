// Turns a rung and a person into what the platform is asked to show them.
import { Inject, Injectable } from '@nestjs/common';
import type { MessageValues } from '@huiliu/shared';
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone.js';
import utc from 'dayjs/plugin/utc.js';
import { CONFIG, type Config } from '../../config.js';
import { TemplatesService, type SendRequest, type TemplateRow } from '../channels/index.js';
import { batchText, fillRung, textsOf } from './content.js';
import { MessagesRepository } from './messages.repository.js';
import { hasTemplate, isBatch, type BatchRung, type PersonFacts, type Rung } from './plan.js';
import { PlannerRepository } from './planner.repository.js';

dayjs.extend(utc);
dayjs.extend(timezone);

export interface Shop {
  name: string;
  zone: string;
  slug: string;
}

/** The rungs of one dispatch with their templates, read once per job. */
export interface Wording {
  rungs: readonly Rung[];
  templates: ReadonlyMap<string, TemplateRow>;
  shop: Shop;
  /** Channels whose messages open a page of a mini program; all others open an address. */
  miniPrograms: ReadonlySet<string>;
  offerId: string | undefined;
  /** Some text names the person's coupon, whether or not it can do without. */
  needsCoupon: boolean;
}

export type Rendered =
  | { ok: true; request: SendRequest; isClipped: boolean }
  | { ok: false; reason: 'variable_missing' | 'field_invalid' | 'template_unknown'; field: string };

@Injectable()
export class RendererService {
  constructor(
    private readonly templates: TemplatesService,
    private readonly messages: MessagesRepository,
    private readonly planner: PlannerRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Reads what a dispatch's texts need. Inside a transaction. */
  async wording(rungs: readonly Rung[], offerId: string | undefined): Promise<Wording> {
    const ids = rungs.flatMap((rung) => (hasTemplate(rung) ? [rung.templateId] : []));
    const rows = ids.length > 0 ? await this.templates.byIds([...new Set(ids)]) : [];
    const channelIds = [...new Set(rungs.map(({ channelId }) => channelId))];
    return {
      rungs, offerId, needsCoupon: rungs.some(namesCoupon), templates: new Map(rows.map((row) => [row.id, row])),
      shop: await this.planner.shop(), miniPrograms: await this.planner.miniPrograms(channelIds),
    };
  }

  /** One message as the platform wants it. */
  render(wording: Wording, index: number, to: PersonFacts & { messageId: string; externalId: string }): Rendered {
    const rung = wording.rungs[index];
    const template = rung && hasTemplate(rung) ? wording.templates.get(rung.templateId) : undefined;
    if (!rung || (hasTemplate(rung) && !template)) return { ok: false, reason: 'template_unknown', field: 'templateId' };
    const filled = fillRung(rung, template?.fields ?? [], valuesOf(to, wording.shop));
    if (!filled.ok) return filled;
    if (filled.kind === 'window') return { ok: true, isClipped: false, request: { kind: 'window', to: to.externalId, content: { type: 'text', text: filled.text } } };
    const notice = { to: to.externalId, templateExternalId: template?.external_id ?? '', data: filled.data };
    const page = wording.miniPrograms.has(rung.channelId) ? pageOf(wording.offerId, to.messageId) : this.addressOf(wording, to.messageId);
    // The same id twice is one message there, so a try whose answer was lost may be made again.
    if (rung.kind === 'template') return { ok: true, isClipped: filled.isClipped, request: { kind: 'template', ...notice, url: page, clientId: to.messageId.replaceAll('-', '') } };
    return { ok: true, isClipped: filled.isClipped, request: { kind: 'subscription', ...notice, page } };
  }

  /** What everybody of a batch reads: the text, and under it where it leads. */
  batch(rung: BatchRung, { shop, offerId }: Wording): string {
    const text = batchText(rung, shop.name);
    return offerId === undefined ? text : `${text}\n${this.config.publicUrl}/p/${shop.slug}/o/${offerId}`;
  }

  /** The address that a tap opens where the account is no mini program. */
  private addressOf({ shop, offerId }: Wording, messageId: string): string {
    return `${this.config.publicUrl}/p/${shop.slug}/${offerId === undefined ? 'w' : `o/${offerId}`}?m=${messageId}`;
  }

  /** A rung as this person would read it; what is missing shows as the raw variable. */
  async preview(rung: Rung, customerId: string, at: Date): Promise<{ title: string | undefined; lines: { label: string; value: string }[]; text: string | undefined }> {
    const wording = await this.wording([rung], undefined);
    if (isBatch(rung)) return { title: undefined, lines: [], text: this.batch(rung, wording) };
    const facts = await this.messages.factsOf(customerId, at);
    const rendered = this.render(wording, 0, { ...facts, messageId: '', externalId: '' });
    const template = hasTemplate(rung) ? wording.templates.get(rung.templateId) : undefined;
    if (!hasTemplate(rung)) {
      return { title: undefined, lines: [], text: rendered.ok && rendered.request.kind === 'window' && rendered.request.content.type === 'text' ? rendered.request.content.text : rung.text };
    }
    const data = rendered.ok && rendered.request.kind !== 'window' ? rendered.request.data : rung.fields;
    return { title: template?.title, text: undefined, lines: (template?.fields ?? []).map((field) => ({ label: field.label, value: data[field.key] ?? '' })) };
  }
}

const namesCoupon = (rung: Rung): boolean => textsOf(rung).some((text) => text.includes('coupon.'));

function valuesOf(person: PersonFacts, shop: Shop): MessageValues {
  return {
    'shop.name': shop.name,
    ...(person.name === null ? {} : { 'customer.name': person.name }),
    ...(person.couponName === null || person.couponExpiresAt === null ? {} : {
      'coupon.name': person.couponName, 'coupon.expires_at': dayjs(person.couponExpiresAt).tz(shop.zone).format('YYYY年M月D日 HH:mm'),
    }),
  };
}

/** The page of the mini program that a tap opens. */
function pageOf(offerId: string | undefined, messageId: string): string {
  return `pages/offer/index?${offerId === undefined ? '' : `o=${offerId}&`}m=${messageId}`;
}
