-- Connected platform accounts, their secrets, tokens, templates and what the platform pushed to us.
create table channels (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  platform text not null,
  name text not null,
  app_id text not null,
  original_id text,
  status text not null default 'connecting' check (status in ('connecting','live','failing','paused','disconnected')),
  status_reason text,
  credentials bytea, -- AES-256-GCM envelope; bound to tenant and channel
  callback_mode text not null default 'secure' check (callback_mode in ('plain','compat','secure')),
  callback_format text not null default 'json' check (callback_format in ('json','xml')),
  checks jsonb not null default '{}', -- last live check, step by step
  last_callback_at timestamptz,
  rejected_callbacks bigint not null default 0,
  last_rejection jsonb, -- {at, reason}: what to tell the merchant who set the wrong token
  send_rate_per_second int not null default 200 check (send_rate_per_second between 1 and 10000),
  daily_send_limit bigint, -- null: none known
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, platform, app_id)
);
create index channels_id on channels (id); -- callback address -> tenant, before the tenant is known
select app.fence('channels');

create table channel_tokens (
  tenant_id uuid not null,
  channel_id uuid not null,
  token bytea, -- encrypted like the credentials
  fetched_at timestamptz,
  expires_at timestamptz, -- renewed from here on, a margin before the platform's own end
  refreshing_by uuid, -- single flight across processes: who fetches, and until when we believe it is alive
  refreshing_until timestamptz,
  fetches bigint not null default 0, -- the token's number: "the one I was refused with" is told by it
  failure jsonb, -- the last failed fetch, told to all who waited for it
  failed_at timestamptz,
  primary key (tenant_id, channel_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('channel_tokens');

-- Sends allowed per account, shared by all processes: a token bucket by second and a counter by day.
create table channel_rates (
  tenant_id uuid not null,
  channel_id uuid not null,
  second timestamptz not null default to_timestamp(0),
  used_in_second int not null default 0,
  day date not null default '1970-01-01',
  used_in_day bigint not null default 0,
  blocked_until timestamptz,
  primary key (tenant_id, channel_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('channel_rates');

create table message_templates (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  external_id text not null,
  title text not null,
  content text not null,
  example text,
  kind text not null default 'one_time' check (kind in ('one_time','long_term')),
  fields jsonb not null, -- [{key,label,type}] in the template's order
  is_active boolean not null default true,
  synced_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, external_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('message_templates');

create table inbound (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  dedup_key text not null,
  body text not null,
  events jsonb, -- normalised, once parsed
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  failure text,
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, dedup_key),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create index inbound_waiting on inbound (tenant_id, channel_id, received_at) where processed_at is null; -- the receive job's batch
select app.fence('inbound');
