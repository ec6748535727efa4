// Joins visitors of the mini program with the contacts they are, where the platform tells a provider's app only when asked.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';
import { UnionDesk } from '../../channels/index.js';
import { PeopleNews } from '../identity/people-news.service.js';

interface Visitor {
  unionId: string;
  openid: string;
}

/** So many a night: the platform's day allows far more, and all of a corp's providers share it. */
const PER_NIGHT = 5_000;
const AT_ONCE = 100;
/** Who was nobody is asked about again after so many days. */
const AGAIN_DAYS = 7;

@Injectable()
export class UnionLookups {
  constructor(private readonly db: TenantDb, private readonly desk: UnionDesk, private readonly news: PeopleNews) {}

  /** All corps of the tenant. Stops at the platform's first no; the next night goes on where this one was. */
  async run(): Promise<void> {
    for (const channelId of await this.desk.accounts()) await this.ofAccount(channelId);
  }

  private async ofAccount(channelId: string): Promise<void> {
    for (let asked = 0; asked < PER_NIGHT; asked += AT_ONCE) {
      const visitors = await this.db.read(() => this.due(channelId));
      for (const visitor of visitors) {
        const found = await this.desk.find(channelId, visitor);
        if (!found.ok && found.problem !== 'wecom_not_friend') return;
        if (found.ok && found.value !== '') await this.news.meet(channelId, 'wecom', [{ externalId: found.value, unionId: visitor.unionId }]);
        await this.db.write(() => this.note(channelId, visitor.unionId));
      }
      if (visitors.length < AT_ONCE) return;
    }
  }

  /** Visitors of mini programs who are no contact of this corp as far as we know. */
  private due(channelId: string): Promise<Visitor[]> {
    return this.db.query<Visitor>(
      `select distinct on (i.union_id) i.union_id as "unionId", i.external_id as openid from identities i
       join channels c on c.tenant_id = i.tenant_id and c.id = i.channel_id and c.platform = 'wechat_mini_program'
       left join union_lookups l on l.tenant_id = i.tenant_id and l.channel_id = $1 and l.union_id = i.union_id
       where i.union_id is not null and i.kind = 'openid' and i.revoked_at is null and (l.asked_at is null or l.asked_at < now() - make_interval(days => $2))
         and not exists (select 1 from identities x where x.tenant_id = i.tenant_id and x.customer_id = i.customer_id and x.channel_id = $1 and x.kind = 'external_userid')
       order by i.union_id limit $3`, [channelId, AGAIN_DAYS, AT_ONCE]);
  }

  private async note(channelId: string, unionId: string): Promise<void> {
    await this.db.exec(
      `insert into union_lookups (tenant_id, channel_id, union_id) values (app.current_tenant(), $1, $2) on conflict (tenant_id, channel_id, union_id) do update set asked_at = now()`,
      [channelId, unionId]);
  }
}
