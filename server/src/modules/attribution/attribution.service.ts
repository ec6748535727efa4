// Where customers come from: entry links, and each visit as a touch.
import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config.js';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { AppError, invalid, notFound } from '../../core/errors/app-error.js';
import { newId } from '../../core/ids.js';
import { TenantsService } from '../tenants/index.js';
import { AttributionRepository } from './attribution.repository.js';
import { ENTRY_CODE_LENGTH, entryCode, entryLinkProblem, type EntryLink } from './entry-link.js';

@Injectable()
export class AttributionService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    private readonly tenants: TenantsService,
    private readonly repository: AttributionRepository,
  ) {}

  links(): Promise<EntryLink[]> {
    return this.db.read(() => this.repository.links());
  }

  /** @throws NOT_FOUND */
  async link(id: string): Promise<EntryLink> {
    const link = await this.db.read(() => this.repository.link(id));
    if (!link) throw notFound('entry_link', id);
    return link;
  }

  /** @throws INVALID naming the field; NOT_FOUND for an unknown offer. */
  async createLink(input: { name: string; source: string; offerId?: string | null }): Promise<EntryLink> {
    const wrong = entryLinkProblem(input);
    if (wrong) throw invalid(wrong.field, wrong.problem, wrong.message, wrong.more);
    const offerId = input.offerId ?? null;
    return this.db.write(async () => {
      if (offerId && !(await this.repository.hasOffer(offerId))) throw notFound('offer', offerId);
      for (let attempt = 0; attempt < 3; attempt++) {
        const code = entryCode(randomBytes(ENTRY_CODE_LENGTH));
        const link = await this.repository.insertLink({ id: newId(), code, name: input.name.trim(), source: input.source, offerId, createdAt: this.clock.now() });
        if (link) return link;
      }
      throw new AppError('busy', 'No free code was found. Please try again.');
    });
  }

  /** Leaves the list; visits by it are still counted. @throws NOT_FOUND */
  async archiveLink(id: string): Promise<void> {
    if ((await this.db.write(() => this.repository.archiveLink(id, this.clock.now()))) === 0) throw notFound('entry_link', id);
  }

  touchCounts(linkIds: readonly string[]): Promise<{ id: string; touches: number; customers: number }[]> {
    return this.db.read(() => this.repository.touchCounts(linkIds));
  }

  /** The public addresses of links, as printed on a poster. */
  async urlsOf(links: readonly EntryLink[]): Promise<string[]> {
    const { slug } = await this.tenants.current();
    return links.map((link) => `${this.config.publicUrl}/p/${slug}/e/${link.code}`);
  }
}
