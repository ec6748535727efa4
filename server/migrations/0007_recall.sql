create table segments (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 40),
  rule jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  archived_at timestamptz,
  primary key (tenant_id, id)
);
create unique index segments_name on segments (tenant_id, name) where archived_at is null; -- an archived name is free again
select app.fence('segments');

create index redemptions_customer on redemptions (tenant_id, customer_id, redeemed_at); -- segment rule redeemed, campaign report
create index touches_at on touches (tenant_id, occurred_at); -- home: visits by day, funnel

create table campaigns (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 40),
  goal text not null default 'custom',
  segment_id uuid not null,
  rule jsonb, -- the segment's rule as it was at launch
  holdout_percent int not null default 5 check (holdout_percent between 0 and 50),
  contents jsonb not null default '[]', -- the ladder: [{kind, channelId, templateId?, fields?, text?}]
  offer_id uuid, -- where a tap leads
  cap_messages int, -- at most so many recall messages …
  cap_days int, -- … in so many days, per person
  quiet_from time, -- tenant time; a send that falls in it waits
  quiet_until time,
  latest_useful_at timestamptz,
  attribution_days int not null default 7 check (attribution_days between 1 and 90),
  state text not null default 'draft' check (state in ('draft','planning','sending','paused','stopped','completed','cancelled')),
  state_reason text,
  paused_from text, -- planning or sending
  launched_at timestamptz,
  launched_by uuid,
  audience bigint, -- people of the segment at launch
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, segment_id) references segments(tenant_id, id),
  foreign key (tenant_id, offer_id) references offers(tenant_id, id)
);
select app.fence('campaigns');

-- One row per chunk of the audience: planning shows progress, resumes after a kill, and holds locks briefly.
create table campaign_chunks (
  tenant_id uuid not null,
  campaign_id uuid not null,
  number int not null,
  from_id uuid not null, -- exclusive
  to_id uuid not null, -- inclusive
  planned_at timestamptz,
  outcome jsonb,
  primary key (tenant_id, campaign_id, number),
  foreign key (tenant_id, campaign_id) references campaigns(tenant_id, id) on delete cascade
);
select app.fence('campaign_chunks');

-- What is being sent: the settings as they were when it began. A campaign is one dispatch and shares its id.
create table dispatches (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  purpose text not null check (purpose in ('recall','notice')),
  spec jsonb not null, -- ladder, cap, quiet hours, hold-out: as they were at launch
  latest_useful_at timestamptz,
  state text not null default 'open' check (state in ('open','sending','paused','stopped','cancelled','done')),
  state_reason jsonb, -- what the platform said when it stopped
  is_sealed boolean not null default false, -- everybody is planned: when nothing is left, it is done
  content_failures int not null default 0, -- refusals of our content in a row
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id)
);
create index dispatches_active on dispatches (tenant_id) where state in ('open','sending','paused'); -- the dispatcher's round
select app.fence('dispatches');

-- One message to one person. It is also the ledger's debit.
-- Few indexes on purpose: each state change writes all of them.
create table messages (
  tenant_id uuid not null,
  id uuid not null,
  dispatch_id uuid not null,
  purpose text not null default 'recall' check (purpose in ('recall','notice')),
  customer_id uuid not null,
  identity_id uuid,
  channel_id uuid,
  kind text, -- the permit it spends
  scope text,
  content_index int, -- which rung of the ladder
  arm text not null default 'send' check (arm in ('send','holdout')),
  state text not null check (state in ('planned','leased','sending','sent','unknown','refused','skipped','held_back','cancelled','failed')),
  reason text,
  considered jsonb, -- every rung with its verdict: why this channel
  due_at timestamptz not null default now(),
  lease_until timestamptz, -- a send that is not settled by then is unknown
  attempts int not null default 0,
  platform_id text,
  platform_code int,
  sent_at timestamptz,
  receipt text check (receipt in ('delivered','failed')), -- what the platform's own event said later
  receipt_at timestamptz,
  tapped_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, dispatch_id, customer_id), -- planning twice cannot send twice
  check (state in ('skipped','held_back') or (identity_id is not null and channel_id is not null and kind is not null and scope is not null)),
  foreign key (tenant_id, dispatch_id) references dispatches(tenant_id, id) on delete cascade,
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade
) with (fillfactor = 80);
create index messages_due on messages (tenant_id, dispatch_id, channel_id, due_at, id) where state = 'planned'; -- the dispatcher's next wave
create index messages_stuck on messages (tenant_id, lease_until) where state = 'sending'; -- the sweep after a crash
create index messages_state on messages (tenant_id, dispatch_id, state, id); -- progress, and the list of people by state
create index messages_platform on messages (tenant_id, channel_id, platform_id) where platform_id is not null; -- receipts
create index messages_customer on messages (tenant_id, customer_id, created_at desc); -- profile, caps, a receipt without platform id
select app.fence('messages');

-- Sends per person and day (merchant's calendar): what a frequency cap asks. One row a day, not one a message.
create table message_counts (
  tenant_id uuid not null,
  customer_id uuid not null,
  day date not null,
  count int not null default 0,
  primary key (tenant_id, customer_id, day),
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade
) with (fillfactor = 80);
select app.fence('message_counts');
