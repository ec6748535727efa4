-- A merchant may let the operator's own platform app speak for an account instead of handing over its secret.
alter table channels add column authorisation text not null default 'secret' check (authorisation in ('secret','platform'));
create index channels_authorised on channels (app_id) where authorisation = 'platform'; -- a callback through the platform names only the account

-- What the merchant granted. The refresh token is the merchant's key in our hands: losing it means asking them again.
create table channel_grants (
  tenant_id uuid not null,
  channel_id uuid not null,
  refresh_token bytea, -- encrypted like the credentials; null once revoked
  permissions int[] not null default '{}', -- ids of the platform's permission sets
  authorised_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (tenant_id, channel_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('channel_grants');

-- An authorisation under way: which member of staff of which merchant may bring home the answer. Once, and not for long.
create table authorisation_starts (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  state_hash bytea not null,
  platform text not null,
  started_by uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, state_hash)
);
select app.fence('authorisation_starts');

-- The operator's own platform apps: what the platform pushed to us for them, and their one access token (columns as in channel_tokens).
create table provider_apps (
  key text primary key, -- kind and id of the app
  ticket bytea,
  ticket_at timestamptz,
  token bytea,
  fetched_at timestamptz,
  expires_at timestamptz,
  refreshing_by uuid,
  refreshing_until timestamptz,
  fetches bigint not null default 0,
  failure jsonb,
  failed_at timestamptz
);
grant select, insert, update, delete on provider_apps to huiliu_system;
