// An entry link at connected accounts: the same link as a QR code, a mini-program code or a link of the platform's.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { invalid } from '../../core/errors/app-error.js';
import { isRefusal, type Refusal } from '../../core/graphql/refusal.js';
import { newId } from '../../core/ids.js';
import { EntryWays, type EntryWay } from '../channels/index.js';
import { AttributionService } from './attribution.service.js';
import { EntryAddressesRepository, type EntryAddressRow } from './entry-addresses.repository.js';
import { sceneOfLink } from './entry-link.js';

/** Where our mini-program pages show an offer. */
const DEFAULT_PAGE = 'pages/offer/index';
const PAGE = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+){0,9}$/u;

@Injectable()
export class EntryAddresses {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly repository: EntryAddressesRepository,
    private readonly links: AttributionService,
    private readonly ways: EntryWays,
  ) {}

  /** @throws NOT_FOUND for link or account; INVALID when this account has no such way. */
  async make(input: { entryLinkId: string; channelId: string; way: EntryWay; page?: string | null }): Promise<EntryAddressRow | Refusal> {
    const link = await this.links.link(input.entryLinkId);
    const page = input.page ?? DEFAULT_PAGE;
    if (!PAGE.test(page)) throw invalid('page', 'bad_format', 'page is the path of a page without a leading slash and without a query, for example pages/offer/index.');
    // Codes are rationed: a permanent one that exists stays what it is.
    const kept = await this.db.read(() => this.repository.find(input));
    if (kept && kept.expiresAt === null && kept.way !== 'mini_program_code') return kept;
    const made = await this.ways.make(input.channelId, input.way, { scene: sceneOfLink(link.code), page, title: link.name });
    if (isRefusal(made)) return made;
    return this.db.write(() => this.repository.put({
      id: newId(), entryLinkId: link.id, channelId: input.channelId, way: input.way, address: made.address, picture: made.picture ?? null, createdAt: this.clock.now(), expiresAt: made.expiresAt ?? null,
    }));
  }

  /** For a loader. */
  ofLinks(linkIds: readonly string[]): Promise<EntryAddressRow[]> {
    return this.db.read(() => this.repository.ofLinks(linkIds));
  }
}
