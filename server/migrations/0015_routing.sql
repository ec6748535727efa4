-- Messages that leave many at a time: a mass post of a service account, a group send that WeCom's employees confirm.
-- One row per call to the platform; its people are the messages that carry its id.
create table message_batches (
  tenant_id uuid not null,
  id uuid not null, -- without its dashes also the id we give the platform, so that a second call is no second post
  dispatch_id uuid not null,
  channel_id uuid not null,
  content_index int not null,
  kind text not null check (kind in ('mass_post','contact_message')),
  state text not null check (state in ('sending','awaiting','finished','failed','unknown')),
  reason text,
  platform_id text,
  size int not null,
  totals jsonb not null default '{}', -- what the platform told: sums of a post, states of a group send
  lease_until timestamptz, -- while sending: after this the call is made again, or is unknown
  attempts int not null default 0,
  deadline_at timestamptz, -- nobody waits longer for the platform or the employees
  next_look_at timestamptz, -- when to ask the platform again
  looks int not null default 0,
  reminded_at timestamptz,
  reminders int not null default 0,
  is_withdrawn boolean not null default false, -- the dispatch was cancelled: end it at the platform
  created_at timestamptz not null default now(),
  submitted_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, dispatch_id) references dispatches(tenant_id, id) on delete cascade
);
create index message_batches_open on message_batches (tenant_id, next_look_at) where state in ('sending','awaiting'); -- the round by the clock
create index message_batches_platform on message_batches (tenant_id, channel_id, platform_id) where platform_id is not null; -- the platform's own event
create index message_batches_dispatch on message_batches (tenant_id, dispatch_id); -- report, cancel
select app.fence('message_batches');

alter table messages add column batch_id uuid;
create index messages_batch on messages (tenant_id, batch_id, identity_id) where batch_id is not null; -- only the few kinds that go in batches pay for it

alter table messages drop constraint messages_state_check;
alter table messages add constraint messages_state_check
  check (state in ('planned','leased','sending','awaiting','sent','unknown','refused','skipped','held_back','cancelled','failed'));
