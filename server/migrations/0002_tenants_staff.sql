-- People who sign in. An account is a person; staff is that person's role at one tenant.
create table accounts (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text not null,
  created_at timestamptz not null default now(),
  password_changed_at timestamptz not null default now()
);
-- Looked up before any tenant is known, so it stands outside the fence and only the system role reads it.
create table sessions (
  token_hash bytea primary key,
  account_id uuid not null references accounts(id) on delete cascade,
  tenant_id uuid not null references tenants(id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_seen_at timestamptz not null default now(),
  user_agent text
);
create index sessions_account on sessions (account_id); -- sign out everywhere
grant select, insert, update, delete on accounts, sessions to huiliu_system;

create table staff (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  account_id uuid not null references accounts(id) on delete cascade,
  name text not null,
  email text not null,
  role text not null check (role in ('owner','admin','operator','analyst','clerk')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, account_id)
);
create index staff_account on staff (account_id); -- sign-in: which tenants
select app.fence('staff');

create table invitations (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  email text not null,
  role text not null check (role in ('owner','admin','operator','analyst','clerk')),
  token_hash bytea not null,
  invited_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, token_hash)
);
select app.fence('invitations');

create table api_keys (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  name text not null,
  prefix text not null,
  secret_hash bytea not null,
  scopes text[] not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, secret_hash)
);
select app.fence('api_keys');

create table audit_entries (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  actor_kind text not null,
  actor_id uuid,
  actor_name text,
  action text not null,
  subject_kind text,
  subject_id text,
  detail jsonb not null default '{}',
  at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index audit_entries_at on audit_entries (tenant_id, at desc, id desc); -- the audit page
select app.fence('audit_entries');

-- Tries at signing in, counted for all processes together (shape given by the rate limiter's library).
create table sign_in_throttle (key varchar(255) primary key, points integer not null default 0, expire bigint);
grant select, insert, update, delete on sign_in_throttle to huiliu_system;
