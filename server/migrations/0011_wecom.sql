-- WeCom: employees and their contacts, live codes and links, welcomes, corp tags, groups, moments.
create table contact_employees (
  tenant_id uuid not null,
  channel_id uuid not null,
  userid text not null,
  is_active boolean not null default true, -- has the feature, and the app sees them
  synced_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, userid),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('contact_employees');

-- One row per contact and employee: a contact of two employees is there twice.
create table contacts (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  external_id text not null,
  employee text not null,
  union_id text,
  name text not null default '',
  remark text not null default '',
  tag_ids text[] not null default '{}', -- the corp's tags
  state text not null default '', -- which live code or link brought them
  add_way int not null default 0,
  is_half boolean not null default false, -- the employee has not confirmed yet
  added_at timestamptz,
  removed_at timestamptz,
  removed_by text check (removed_by in ('employee','contact')),
  told_at timestamptz, -- the latest callback about the pair: an older one changes nothing
  sync_id uuid,
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, external_id, employee),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create index contacts_employee on contacts (tenant_id, channel_id, employee) where removed_at is null; -- counts, and what a reading did not see
select app.fence('contacts');

-- One reading of all contacts, employee by employee. The place outlives a crash.
create table contact_syncs (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  reason text not null check (reason in ('asked','daily')),
  state text not null default 'running' check (state in ('running','done','failed','stopped')),
  employees text[], -- null until the platform named them
  place int not null default 0, -- which of them is being read
  page int not null default 0,
  cursor text not null default '',
  seen bigint not null default 0,
  found bigint not null default 0, -- contacts that no callback had told us of
  changed bigint not null default 0, -- names, remarks and tags that had changed unheard
  lost bigint not null default 0, -- people we held for contacts and who are none
  problem text, -- key of platform-errors
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create unique index contact_syncs_one on contact_syncs (tenant_id, channel_id) where state = 'running'; -- one reading at a time
create index contact_syncs_latest on contact_syncs (tenant_id, channel_id, started_at desc);
select app.fence('contact_syncs');

create table live_codes (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  kind text not null check (kind in ('code','link')),
  name text not null,
  state text not null, -- what comes back with everybody it brings
  employees text[] not null,
  skip_verify boolean not null default true,
  tag_ids text[] not null default '{}', -- corp tags for whom it brings
  welcome jsonb, -- {text, link?}
  entry_link_id uuid, -- the source it counts for
  platform_id text, -- config_id or link_id; null while it is being made, and when the platform never said
  url text not null default '',
  created_at timestamptz not null default now(),
  deleted_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, state),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade,
  foreign key (tenant_id, entry_link_id) references entry_links(tenant_id, id) on delete set null (entry_link_id)
);
select app.fence('live_codes');

-- What greets those who came by no code with a welcome of its own.
create table contact_welcomes (
  tenant_id uuid not null,
  channel_id uuid not null,
  welcome jsonb not null,
  primary key (tenant_id, channel_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('contact_welcomes');

-- One row per welcome code: who makes it is the one who sends.
create table welcomes (
  tenant_id uuid not null,
  channel_id uuid not null,
  code text not null,
  external_id text not null,
  employee text not null,
  live_code_id uuid,
  state text not null default 'sending' check (state in ('sending','sent','expired','failed','unknown')),
  problem text, -- key of platform-errors
  took_ms int, -- from the callback to the platform's answer
  created_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, code),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade,
  foreign key (tenant_id, live_code_id) references live_codes(tenant_id, id) on delete set null (live_code_id)
);
create index welcomes_latest on welcomes (tenant_id, channel_id, created_at desc);
create index welcomes_stuck on welcomes (tenant_id, created_at) where state = 'sending'; -- left by a process that died
select app.fence('welcomes');

create table corp_tags (
  tenant_id uuid not null,
  channel_id uuid not null,
  external_id text not null,
  name text not null,
  group_id text not null default '',
  group_name text not null default '',
  tag_id uuid, -- our tag of the same meaning
  synced_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, external_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade,
  foreign key (tenant_id, tag_id) references tags(tenant_id, id) on delete set null (tag_id)
);
create unique index corp_tags_ours on corp_tags (tenant_id, channel_id, tag_id) where tag_id is not null; -- one of theirs per one of ours
select app.fence('corp_tags');

create table customer_groups (
  tenant_id uuid not null,
  channel_id uuid not null,
  chat_id text not null,
  name text not null default '',
  owner text not null default '',
  members int not null default 0,
  contacts int not null default 0, -- of the members, those from outside
  version text not null default '',
  created_at timestamptz,
  dismissed_at timestamptz,
  synced_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, chat_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('customer_groups');

create table moments (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  text text not null,
  state text not null default 'making' check (state in ('making','waiting','failed','unknown','cancelled')), -- waiting: employees publish by hand
  job_id text,
  moment_id text,
  asked int not null default 0,
  published int not null default 0,
  problem text, -- key of platform-errors
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create index moments_latest on moments (tenant_id, channel_id, created_at desc);
select app.fence('moments');

-- Union ids that a provider's app was asked about: who they are among the contacts. Told "nobody yet", we ask again later.
create table union_lookups (
  tenant_id uuid not null,
  channel_id uuid not null,
  union_id text not null,
  asked_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, union_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('union_lookups');
