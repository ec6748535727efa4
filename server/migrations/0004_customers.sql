-- People, the ids they are known by, tags, the timeline, and how they came.
create table customers (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  name text,
  phone text,
  first_source text,
  created_at timestamptz not null default now(),
  last_visit_at timestamptz,
  opted_out_at timestamptz, -- the customer wants no marketing
  primary key (tenant_id, id)
);
create index customers_last_visit on customers (tenant_id, last_visit_at); -- segment rule last_visit
create index customers_source on customers (tenant_id, first_source); -- segment rule source
create index customers_newest on customers (tenant_id, created_at desc, id desc); -- the list, newest first
create index customers_phone on customers (tenant_id, phone) where phone is not null; -- search by a whole phone number
select app.fence('customers');

create table identities (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  channel_id uuid not null,
  kind text not null, -- openid, visitor
  external_id text not null,
  union_id text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, kind, external_id),
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade,
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create index identities_customer on identities (tenant_id, customer_id); -- profile, planner
create index identities_union on identities (tenant_id, union_id) where union_id is not null; -- one person across programs
select app.fence('identities');

create table tags (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 30),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
select app.fence('tags');

create table customer_tags (
  tenant_id uuid not null,
  tag_id uuid not null,
  customer_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, tag_id, customer_id),
  foreign key (tenant_id, tag_id) references tags(tenant_id, id) on delete cascade,
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade
);
create index customer_tags_customer on customer_tags (tenant_id, customer_id); -- profile
select app.fence('customer_tags');

create table customer_events (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  type text not null,
  occurred_at timestamptz not null,
  source_key text, -- the fact's own key: told twice, stored once
  subject_id uuid, -- coupon, message, offer or campaign concerned
  detail jsonb not null default '{}',
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade
);
create unique index customer_events_source on customer_events (tenant_id, source_key) where source_key is not null; -- a fact is told once
create index customer_events_timeline on customer_events (tenant_id, customer_id, occurred_at desc, id desc); -- profile timeline
create index customer_events_type on customer_events (tenant_id, type, occurred_at); -- funnels
select app.fence('customer_events');

create table entry_links (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  code text not null,
  name text not null,
  source text not null, -- jd_search, ad, qr, …
  offer_id uuid,
  created_at timestamptz not null default now(),
  archived_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, code)
);
select app.fence('entry_links');

create table touches (
  tenant_id uuid not null,
  id uuid not null,
  entry_link_id uuid,
  message_id uuid,
  visitor_id text not null,
  customer_id uuid,
  source text not null,
  occurred_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, entry_link_id) references entry_links(tenant_id, id) on delete cascade,
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete set null (customer_id)
);
create index touches_visitor on touches (tenant_id, visitor_id) where customer_id is null; -- anonymous touch -> person
create index touches_link on touches (tenant_id, entry_link_id, occurred_at); -- entry-link report
create index touches_customer on touches (tenant_id, customer_id, occurred_at); -- first source, returned after a message
select app.fence('touches');
