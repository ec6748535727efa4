// SQL of tags.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../../core/db/tenant-db.js';

export interface TagRow {
  id: string;
  name: string;
}

@Injectable()
export class TagsRepository {
  constructor(private readonly db: TenantDb) {}

  list(): Promise<TagRow[]> {
    return this.db.query<TagRow>('select id, name from tags order by name, id');
  }

  async count(): Promise<number> {
    return (await this.db.one<{ count: number }>('select count(*) from tags'))?.count ?? 0;
  }

  insert(id: string, name: string): Promise<TagRow | undefined> {
    return this.db.one<TagRow>('insert into tags (tenant_id, id, name) values (app.current_tenant(), $1, $2) on conflict do nothing returning id, name', [id, name]);
  }

  delete(id: string): Promise<number> {
    return this.db.exec('delete from tags where id = $1', [id]);
  }

  async exists(id: string): Promise<boolean> {
    return (await this.db.one('select 1 from tags where id = $1', [id])) !== undefined;
  }

  /** How many of these customers exist; each of them has the tag afterwards. */
  async put(tagId: string, customerIds: readonly string[]): Promise<number> {
    const row = await this.db.one<{ known: number }>(
      `with known as (select id from customers where id = any($2::uuid[])),
       put as (insert into customer_tags (tenant_id, tag_id, customer_id) select app.current_tenant(), $1, id from known on conflict do nothing)
       select count(*) as known from known`,
      [tagId, customerIds],
    );
    return row?.known ?? 0;
  }

  /** Takes the tag from these customers; answers how many of them exist. */
  async take(tagId: string, customerIds: readonly string[]): Promise<number> {
    const row = await this.db.one<{ known: number }>(
      `with known as (select id from customers where id = any($2::uuid[])),
       taken as (delete from customer_tags where tag_id = $1 and customer_id in (select id from known))
       select count(*) as known from known`,
      [tagId, customerIds],
    );
    return row?.known ?? 0;
  }

  ofCustomers(customerIds: readonly string[]): Promise<(TagRow & { customerId: string })[]> {
    return this.db.query(
      `select t.id, t.name, ct.customer_id as "customerId" from customer_tags ct join tags t on t.tenant_id = ct.tenant_id and t.id = ct.tag_id
       where ct.customer_id = any($1::uuid[]) order by t.name`, [customerIds],
    );
  }

  counts(tagIds: readonly string[]): Promise<{ id: string; count: number }[]> {
    return this.db.query('select tag_id as id, count(*) from customer_tags where tag_id = any($1::uuid[]) group by tag_id', [tagIds]);
  }
}
