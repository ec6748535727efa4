// SQL of integrator keys and the audit log.
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../core/db/tenant-db.js';
import type { TimeCursor } from '../../core/graphql/paging.js';

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}
export interface AuditRow {
  id: string;
  at: Date;
  actorKind: string;
  actorName: string | null;
  action: string;
  subjectKind: string | null;
  subjectId: string | null;
  detail: unknown;
}

const keyColumns = 'id, name, prefix, scopes, created_at "createdAt", last_used_at "lastUsedAt", revoked_at "revokedAt"';

@Injectable()
export class IntegratorsRepository {
  constructor(private readonly db: TenantDb) {}

  list(): Promise<ApiKeyRow[]> {
    return this.db.query<ApiKeyRow>(`select ${keyColumns} from api_keys order by created_at desc`);
  }

  async insert(row: { id: string; name: string; prefix: string; hash: Buffer; scopes: string[]; createdBy: string | null }): Promise<ApiKeyRow> {
    const rows = await this.db.query<ApiKeyRow>(
      `insert into api_keys (tenant_id, id, name, prefix, secret_hash, scopes, created_by) values (app.current_tenant(), $1,$2,$3,$4,$5,$6) returning ${keyColumns}`,
      [row.id, row.name, row.prefix, row.hash, row.scopes, row.createdBy],
    );
    return rows[0]!;
  }

  /** The living key of a merchant who is not suspended, its use noted at most once a minute. */
  async use(hash: Buffer): Promise<ApiKeyRow | undefined> {
    const key = await this.db.one<ApiKeyRow>(`select ${keyColumns} from api_keys where secret_hash = $1 and revoked_at is null and exists (select 1 from tenants where suspended_at is null)`, [hash]);
    if (key && (!key.lastUsedAt || Date.now() - key.lastUsedAt.getTime() > 60_000)) await this.db.exec('update api_keys set last_used_at = now() where id = $1', [key.id]);
    return key;
  }

  revoke(id: string): Promise<number> {
    return this.db.exec('update api_keys set revoked_at = now() where id = $1 and revoked_at is null', [id]);
  }

  /** Newest first; `limit` rows after the cursor. */
  auditEntries(after: TimeCursor | undefined, limit: number): Promise<AuditRow[]> {
    return this.db.query<AuditRow>(
      `select id, at, actor_kind "actorKind", actor_name "actorName", action, subject_kind "subjectKind", subject_id "subjectId", detail
       from audit_entries where $1::timestamptz is null or (date_trunc('milliseconds', at), id) < ($1, $2::uuid)
       order by date_trunc('milliseconds', at) desc, id desc limit $3`,
      [after?.at ?? null, after?.id ?? null, limit],
    );
  }
}
