-- A uuidv7 for rows that a statement makes by the thousand; single ids are made in the application.
create function app.new_id() returns uuid language sql volatile parallel safe as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- The reach ledger: what may still be sent to whom, and every change to it.
create table permits (
  tenant_id uuid not null,
  identity_id uuid not null,
  kind text not null, -- one_time_subscription, long_term_subscription, service_window
  scope text not null, -- template id (ours), window action, or ''
  granted bigint not null default 0,
  remaining bigint, -- null: unlimited
  opened_at timestamptz,
  expires_at timestamptz,
  refused_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, identity_id, kind, scope),
  check (remaining is null or remaining >= 0),
  foreign key (tenant_id, identity_id) references identities(tenant_id, id) on delete cascade
) with (fillfactor = 70);
create index permits_kind on permits (tenant_id, kind, scope) where remaining > 0; -- segment rule has_permit, planner
create index permits_expiry on permits (tenant_id, expires_at) where expires_at is not null and remaining > 0; -- the expiry job
select app.fence('permits');

create table permit_credits (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  identity_id uuid not null,
  kind text not null,
  scope text not null,
  change bigint not null,
  reason text not null, -- accepted, window_opened, expired, refused, drift, switched_off
  source_key text not null,
  matched_key text, -- the second report of the same prompt (client and callback tell the same tap)
  reported_by text not null default 'callback' check (reported_by in ('callback','client','system')),
  evidence jsonb not null default '{}',
  occurred_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, channel_id, source_key),
  unique (tenant_id, channel_id, matched_key),
  foreign key (tenant_id, identity_id) references identities(tenant_id, id) on delete cascade
);
create index permit_credits_permit on permit_credits (tenant_id, identity_id, kind, scope, occurred_at); -- balance proof, matching a prompt's two reports
select app.fence('permit_credits');

-- PIPL consent: basis, text version, place, withdrawal. Append-only; the last row per purpose holds.
create table consents (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  purpose text not null,
  action text not null check (action in ('given','withdrawn')),
  basis text not null,
  text_version text not null,
  place text not null,
  occurred_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade
);
create index consents_customer on consents (tenant_id, customer_id, purpose, occurred_at desc);
select app.fence('consents');
