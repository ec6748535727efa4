-- Plumbing: roles, the tenant fence, tenants, background work.
-- Two login roles own nothing: huiliu_app lives behind the fence, huiliu_system sees all tenants (sign-in, channel lookup, core jobs).

create schema if not exists app;

-- The tenant of this transaction, or null: with null every fenced table is empty.
create function app.current_tenant() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

-- Fences one tenant table. The policy repeats the setting inline so that the planner can use it as an index condition.
create function app.fence(t regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', t);
  execute format('alter table %s force row level security', t);
  execute format('create policy tenant_fence on %s to huiliu_app using (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid) with check (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', t);
  execute format('create policy system_scope on %s to huiliu_system using (true) with check (true)', t);
  -- The owner migrates data; without this policy a forced fence would hide the rows from migrations run by a plain owner.
  execute format('create policy owner_scope on %s to current_user using (true) with check (true)', t);
  execute format('grant select, insert, update, delete on %s to huiliu_app, huiliu_system', t);
end $$;

grant usage on schema app to huiliu_app, huiliu_system;

create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,40}$'),
  name text not null check (length(name) between 1 and 60),
  timezone text not null default 'Asia/Shanghai',
  trade text,
  settings jsonb not null default '{}',
  is_demo boolean not null default false,
  suspended_at timestamptz,
  created_at timestamptz not null default now()
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy own_tenant on tenants to huiliu_app using (id = nullif(current_setting('app.tenant_id', true), '')::uuid) with check (id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy system_scope on tenants to huiliu_system using (true) with check (true);
create policy owner_scope on tenants to current_user using (true) with check (true);
grant select, update on tenants to huiliu_app;
grant select, insert, update, delete on tenants to huiliu_system;

-- Background work waiting for the Bull relay (driver bull), and the truth while it runs: a flushed Redis loses nothing.
create table job_outbox (
  id uuid primary key,
  name text not null,
  queue text not null,
  payload jsonb not null,
  job_key text,
  run_at timestamptz not null default now(),
  max_attempts int not null,
  attempts int not null default 0,
  relayed_at timestamptz,
  created_at timestamptz not null default now()
);
create index job_outbox_due on job_outbox (run_at) where relayed_at is null; -- the relay's question
create index job_outbox_relayed on job_outbox (relayed_at) where relayed_at is not null; -- the repair sweep's question
create unique index job_outbox_key on job_outbox (job_key) where job_key is not null and relayed_at is null; -- a keyed job waits once

create table dead_letters (
  id uuid primary key,
  job_name text not null,
  payload jsonb not null,
  tenant_id uuid,
  attempts int not null,
  error text not null,
  error_kind text not null,
  failed_at timestamptz not null default now(),
  retried_at timestamptz
);
create index dead_letters_tenant on dead_letters (tenant_id, failed_at desc);
grant select, insert, update, delete on job_outbox, dead_letters to huiliu_system;

-- Puts jobs in line inside the caller's transaction. driver 'graphile': the queue in this database; 'bull': the relay's outbox.
-- Definer: the fenced role may put jobs in line but neither read nor change any.
create function app.enqueue(driver text, jobs jsonb) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare job jsonb;
begin
  for job in select * from jsonb_array_elements(jobs) loop
    if driver = 'graphile' then
      perform graphile_worker.add_job(job->>'name', payload := (job->'payload')::json, queue_name := job->>'serial',
        run_at := coalesce((job->>'runAt')::timestamptz, now()), max_attempts := (job->>'attempts')::int,
        job_key := job->>'key', job_key_mode := 'preserve_run_at');
    else
      insert into job_outbox (id, name, queue, payload, job_key, run_at, max_attempts)
      values ((job->>'id')::uuid, job->>'name', job->>'queue', job->'payload', job->>'key', coalesce((job->>'runAt')::timestamptz, now()), (job->>'attempts')::int)
      on conflict (job_key) where job_key is not null and relayed_at is null do nothing;
    end if;
  end loop;
  if driver = 'bull' then perform pg_notify('job_outbox', ''); end if;
end $$;
revoke all on function app.enqueue(text, jsonb) from public;
grant execute on function app.enqueue(text, jsonb) to huiliu_app, huiliu_system;

-- Which slot of each cron job ran last: the process that moves it on enqueues the run.
create table cron_runs (name text primary key, last_slot timestamptz not null);
-- Workers that are alive; a dead one's locked jobs are given back.
create table worker_heartbeats (worker_id text primary key, seen_at timestamptz not null default now());
grant select, insert, update, delete on cron_runs, worker_heartbeats to huiliu_system;

-- Gives back the jobs locked by graphile workers that show no fresh heartbeat.
create function app.unlock_dead_workers(dead_after interval) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare dead text[];
begin
  delete from worker_heartbeats where seen_at < now() - dead_after - interval '1 hour';
  select array_agg(distinct j.locked_by) into dead from graphile_worker.jobs j
  where j.locked_by is not null and j.locked_at < now() - dead_after
    and not exists (select 1 from worker_heartbeats h where h.worker_id = j.locked_by and h.seen_at > now() - dead_after);
  if dead is not null then perform graphile_worker.force_unlock_workers(dead); end if;
end $$;
revoke all on function app.unlock_dead_workers(interval) from public;
grant execute on function app.unlock_dead_workers(interval) to huiliu_system;
