-- Official accounts: who follows them, their tags, posts, publications; and where an entry link can be reached at WeChat.
alter table message_templates drop constraint message_templates_kind_check;
alter table message_templates add constraint message_templates_kind_check check (kind in ('one_time','long_term','notice'));

create table followers (
  tenant_id uuid not null,
  channel_id uuid not null,
  openid text not null,
  union_id text,
  is_following boolean not null default true,
  followed_at timestamptz,
  told_at timestamptz, -- when the last follow or unfollow that a callback told happened
  how text not null default '', -- the platform's word for how they found the account
  scene text not null default '', -- value of the scene code they followed by
  tag_ids int[] not null default '{}', -- the account's tags at the platform
  sync_id uuid, -- the reading of the list that saw them last, and its page
  page int,
  primary key (tenant_id, channel_id, openid),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create index followers_page on followers (tenant_id, channel_id, sync_id, page); -- listeners load a page; the end finds who was not seen
select app.fence('followers');

-- One reading of the list. The cursor outlives a crash: the next run goes on from it.
create table follower_syncs (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  reason text not null check (reason in ('asked','monthly')),
  state text not null default 'running' check (state in ('running','done','failed','stopped')),
  cursor text not null default '',
  page int not null default 0,
  total bigint not null default 0, -- as the platform says
  seen bigint not null default 0,
  found bigint not null default 0, -- followers that no callback had told us of
  lost bigint not null default 0, -- people we held for followers and who are none
  problem text, -- key of platform-errors
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create unique index follower_syncs_one on follower_syncs (tenant_id, channel_id) where state = 'running'; -- one reading at a time
create index follower_syncs_latest on follower_syncs (tenant_id, channel_id, started_at desc);
select app.fence('follower_syncs');

create table account_tags (
  tenant_id uuid not null,
  channel_id uuid not null,
  external_id int not null,
  name text not null,
  count bigint not null default 0,
  tag_id uuid, -- our tag of the same meaning
  synced_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, external_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade,
  foreign key (tenant_id, tag_id) references tags(tenant_id, id) on delete set null (tag_id)
);
create unique index account_tags_ours on account_tags (tenant_id, channel_id, tag_id) where tag_id is not null; -- one of theirs per one of ours
select app.fence('account_tags');

create table mass_posts (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  client_msg_id text not null, -- sent twice with the same one, the platform posts once
  reach jsonb not null, -- {everyone} | {tagId} | {people: count}
  content jsonb not null,
  state text not null default 'sending' check (state in ('sending','accepted','sent','failed','unknown','deleted')),
  platform_id text,
  detail text, -- the platform's own word at the end
  problem text, -- key of platform-errors
  total bigint, filtered bigint, sent bigint, failed bigint,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, client_msg_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create index mass_posts_platform on mass_posts (tenant_id, channel_id, platform_id) where platform_id is not null; -- the finish event
create index mass_posts_latest on mass_posts (tenant_id, channel_id, created_at desc);
select app.fence('mass_posts');

create table publications (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  media_id text not null,
  title text not null default '',
  platform_id text not null,
  state text not null default 'running' check (state in ('running','published','failed')),
  article_id text,
  detail text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, platform_id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('publications');

-- An entry link's addresses at connected accounts: QR codes that name it, links that open the mini program.
create table entry_addresses (
  tenant_id uuid not null,
  id uuid not null,
  entry_link_id uuid not null,
  channel_id uuid not null,
  kind text not null check (kind in ('scene_code','permanent_scene_code','mini_program_code','url_scheme','url_link','short_link')),
  address text not null, -- what to open or to draw as a QR code; '' when the picture is all there is
  picture bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, entry_link_id, channel_id, kind),
  foreign key (tenant_id, entry_link_id) references entry_links(tenant_id, id) on delete cascade,
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create index entry_addresses_channel on entry_addresses (tenant_id, channel_id); -- its foreign key
select app.fence('entry_addresses');

-- The platform's number for how a mini program was entered.
alter table touches add column launch_scene int;
