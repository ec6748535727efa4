// Somebody scanned a code of an entry link at an official account: a touch, as if they had opened the link.
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import { Events } from '../../core/events/events.js';
import type { ChannelEvent } from '../channels/index.js';
import { IdentityService } from '../customers/index.js';
import { AttributionRepository, type NewTouch } from './attribution.repository.js';
import { codeOfScene } from './entry-link.js';
import { KnownVisits } from './known-visits.service.js';

interface Scan {
  externalId: string;
  code: string;
  at: string;
  dedupKey: string;
}

@Injectable()
export class ScannedCodes {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly repository: AttributionRepository,
    private readonly identities: IdentityService,
    private readonly known: KnownVisits,
  ) {}

  /** May run twice for the same events: a touch's id follows from its callback. */
  async record(channelId: string, events: readonly ChannelEvent[]): Promise<void> {
    const scans = events.flatMap(scanOf);
    if (scans.length === 0) return;
    await this.db.write(async () => {
      const links = new Map((await this.repository.linksByCode(scans.map((scan) => scan.code))).map((link) => [link.code, link]));
      const ours = scans.filter((scan) => links.has(scan.code));
      const people = await this.identities.resolveMany(channelId, 'openid', ours.map((scan) => scan.externalId));
      for (const scan of ours) {
        const link = links.get(scan.code)!;
        const { customerId } = people.get(scan.externalId)!;
        const touch: NewTouch = {
          id: touchIdOf(channelId, scan.dedupKey), entryLinkId: link.id, messageId: null, visitorId: `openid:${scan.externalId}`, customerId, source: link.source, at: new Date(scan.at),
        };
        if (!(await this.repository.insertTouch(touch))) continue;
        await this.known.note(customerId, touch);
        await this.events.emit('customer.visited', { customerId, messageId: null, touchId: touch.id, at: scan.at });
      }
    });
  }
}

function scanOf(event: ChannelEvent): Scan[] {
  if (event.type !== 'follower.followed' && event.type !== 'scene.scanned') return [];
  const code = event.scene === undefined ? undefined : codeOfScene(event.scene);
  return code === undefined ? [] : [{ externalId: event.externalId, code, at: event.at, dedupKey: event.dedupKey }];
}

/** A uuid (version 8: made of our own facts) that is the same on every delivery. */
export function touchIdOf(channelId: string, dedupKey: string): string {
  const hex = createHash('sha256').update(`${channelId}|${dedupKey}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
