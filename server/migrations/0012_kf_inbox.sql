-- Conversations in the reply windows of every channel, and the accounts of WeChat Customer Service.

-- A person's reply is a message like any other (the ledger's debit), with a purpose of its own. What is stored satisfies the wider checks already.
alter table dispatches drop constraint dispatches_purpose_check, add constraint dispatches_purpose_check check (purpose in ('recall','notice','reply')) not valid;
alter table messages drop constraint messages_purpose_check, add constraint messages_purpose_check check (purpose in ('recall','notice','reply')) not valid;

-- One customer at one account. How long the window stays open and what is left in it is asked of the ledger, never kept here.
create table conversations (
  tenant_id uuid not null,
  id uuid not null,
  identity_id uuid not null,
  channel_id uuid not null,
  account_id text not null default '', -- the customer-service account of the channel; '' where a channel is one account
  last_at timestamptz not null,
  last_text text not null default '',
  last_by text not null check (last_by in ('customer','staff')),
  unread int not null default 0,
  assignee_id uuid,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, identity_id, account_id),
  foreign key (tenant_id, identity_id) references identities(tenant_id, id) on delete cascade,
  foreign key (tenant_id, assignee_id) references staff(tenant_id, id) on delete set null (assignee_id)
) with (fillfactor = 80);
create index conversations_newest on conversations (tenant_id, last_at desc, id desc); -- the list, newest first
create index conversations_unread on conversations (tenant_id, last_at desc, id desc) where unread > 0; -- the badge and the list of what waits
create index conversations_mine on conversations (tenant_id, assignee_id, last_at desc, id desc) where assignee_id is not null;
select app.fence('conversations');

-- What the customer wrote and what people of the shop answered. Campaign messages are not copied: the thread reads them where they are.
create table conversation_messages (
  tenant_id uuid not null,
  id uuid not null,
  conversation_id uuid not null,
  direction text not null check (direction in ('in','out')),
  kind text not null, -- text, image, voice, … ; entered: the customer opened the chat; welcome: our greeting, which spends no permit
  body text not null default '',
  occurred_at timestamptz not null,
  source_key text not null, -- in: the push; out: the key the console chose. Told twice, stored once
  message_id uuid, -- out: the message whose state is the reply's
  author_id uuid,
  author_name text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, conversation_id, source_key),
  check ((direction = 'out' and kind <> 'welcome') = (message_id is not null)),
  foreign key (tenant_id, conversation_id) references conversations(tenant_id, id) on delete cascade,
  foreign key (tenant_id, message_id) references messages(tenant_id, id) on delete cascade
);
create index conversation_messages_thread on conversation_messages (tenant_id, conversation_id, occurred_at desc, id desc); -- the thread, newest first
create index conversation_messages_sent on conversation_messages (tenant_id, message_id) where message_id is not null; -- the reply of a message
select app.fence('conversation_messages');

-- The customer-service accounts of one WeChat Customer Service channel, and how far each has been read.
create table kf_accounts (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  external_id text not null, -- open_kfid
  name text not null default '',
  avatar_url text not null default '',
  is_managed boolean not null default false, -- the platform lets us manage it
  welcome_text text not null default '', -- '' : no greeting
  cursor text not null default '', -- '' : from three days ago
  sync_token text, -- of the newest push; without one the platform is strict
  wanted bigint not null default 0, -- pushes told so far …
  done bigint not null default 0, -- … and read so far: equal when nothing waits
  leased_until timestamptz, -- one reader at a time, in all processes
  synced_at timestamptz,
  failure jsonb, -- why the last reading ended early
  removed_at timestamptz, -- no longer at the platform
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, external_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('kf_accounts');
