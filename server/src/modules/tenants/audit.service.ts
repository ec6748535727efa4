// One line of the audit log: who did what to which thing. Written in the transaction of the deed.
import { Injectable } from '@nestjs/common';
import { currentContext } from '../../core/context.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { newId } from '../../core/ids.js';

@Injectable()
export class Audit {
  constructor(private readonly db: TenantDb) {}

  /**
   * @param action permission-like verb, for example campaign.launch.
   * @param subject kind and id of the thing.
   * @param detail what a reader needs to judge it; never a secret.
   */
  async record(action: string, subject: { kind: string; id: string }, detail: Record<string, unknown> = {}): Promise<void> {
    const { actor } = currentContext();
    await this.db.exec(
      `insert into audit_entries (tenant_id, id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, detail)
       values (app.current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8)`,
      [newId(), actor.kind, actor.id ?? null, actor.name ?? null, action, subject.kind, subject.id, JSON.stringify(detail)],
    );
  }
}
