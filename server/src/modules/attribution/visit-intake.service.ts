// A person arrived: recorded whether we know them or not, tied to them as soon as we do.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { currentContext, runAs } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { invalid, notFound } from '../../core/errors/app-error.js';
import { Events } from '../../core/events/events.js';
import { newId } from '../../core/ids.js';
import { visitorProblem } from '../customers/index.js';
import { TenantsService } from '../tenants/index.js';
import { AttributionRepository, type NewTouch } from './attribution.repository.js';
import { visitSource } from './entry-link.js';
import { isLaunchScene, isPersonScene } from './launch-scene.js';
import { KnownVisits } from './known-visits.service.js';

export interface Visit {
  tenantSlug: string;
  visitorId: string;
  entryCode?: string | null;
  messageId?: string | null;
  /** WeChat's number for how its client was opened (scene). */
  launchScene?: number | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

@Injectable()
export class VisitIntake {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly tenants: TenantsService,
    private readonly repository: AttributionRepository,
    private readonly known: KnownVisits,
  ) {}

  /** What a machine of the platform's opened is no visit. @throws INVALID for a bad visitor id or scene; NOT_FOUND for an unknown shop or entry code. */
  async record(visit: Visit): Promise<void> {
    const wrong = visitorProblem(visit.visitorId);
    if (wrong) throw invalid(wrong.field, wrong.problem, wrong.message);
    const launchScene = visit.launchScene ?? undefined;
    if (launchScene !== undefined && !isLaunchScene(launchScene)) throw invalid('launchScene', 'out_of_range', 'launchScene is the four-digit scene that the platform gave at launch.');
    if (launchScene !== undefined && !isPersonScene(launchScene)) return;
    const { id: tenantId } = await this.tenants.bySlug(visit.tenantSlug);
    const { actor, tenantId: signedInAt, requestId } = currentContext();
    // A play token of another shop says nothing here.
    const customerId = actor.kind === 'customer' && signedInAt === tenantId ? (actor.id ?? null) : null;
    await runAs({ tenantId, actor, requestId }, () => this.db.write(() => this.store(visit, customerId)));
  }

  private async store(visit: Visit, customerId: string | null): Promise<void> {
    const link = visit.entryCode ? await this.repository.linkByCode(visit.entryCode.trim().toLowerCase()) : undefined;
    if (visit.entryCode && !link) throw notFound('entry_link', visit.entryCode);
    // A mangled or forwarded message link is still a visit: the message is named only when it is one of ours.
    const recipient = visit.messageId && UUID.test(visit.messageId) ? await this.repository.recipientOf(visit.messageId) : undefined;
    const messageId = recipient ? visit.messageId! : null;
    const touch: NewTouch = {
      id: newId(), entryLinkId: link?.id ?? null, messageId, visitorId: visit.visitorId, customerId, at: this.clock.now(),
      source: visitSource(link, messageId !== null, visit.launchScene ?? undefined), launchScene: visit.launchScene ?? undefined,
    };
    await this.repository.insertTouch(touch);
    if (customerId) await this.known.note(customerId, touch);
    // Before sign-in the message itself says who tapped it.
    const who = customerId ?? recipient;
    if (who) await this.events.emit('customer.visited', { customerId: who, messageId: who === recipient ? messageId : null, touchId: touch.id, at: touch.at.toISOString() });
  }
}
