-- Joining people, counting a platform's ceilings, and what is wrong just now.

-- ── One person under several ids ────────────────────────────────────────────────────────────────────────────────────
alter table identities add column verified_phone text; -- told by the platform itself, unlike customers.phone
alter table identities add column left_at timestamptz; -- unfollowed, or removed as a contact: still the same person
create index identities_phone on identities (tenant_id, verified_phone) where verified_phone is not null; -- one person with one phone
create index identities_external on identities (tenant_id, external_id) where kind = 'external_userid'; -- one id at two accounts of a company
create index identities_unions_of_channel on identities (tenant_id, channel_id) where union_id is not null; -- which accounts share an open platform

-- An id that was a person once, and whose they are now. What the person was stays readable here.
create table customer_aliases (
  tenant_id uuid not null,
  old_id uuid not null,
  customer_id uuid not null,
  evidence text not null, -- union, external_userid, phone
  was jsonb not null, -- the row of the person who was joined, and the ids that came along
  merged_at timestamptz not null,
  primary key (tenant_id, old_id),
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade
);
create index customer_aliases_customer on customer_aliases (tenant_id, customer_id);
create index customer_aliases_recent on customer_aliases (tenant_id, merged_at); -- play tokens that name an old id
select app.fence('customer_aliases');

-- Two people of one dispatch who turn out to be one keep both messages; planning still cannot send twice.
alter table messages add column merged_from uuid; -- whose message it was, when the person already had one of this dispatch
alter table messages drop constraint messages_tenant_id_dispatch_id_customer_id_key;
create unique index messages_once on messages (tenant_id, dispatch_id, customer_id) where merged_from is null;

-- Joins people for good: everything that carries a customer id moves, then the joined person's row goes and its id becomes an alias.
-- A table that is new here moves by itself; one whose customer id is part of a key needs a step of its own (an invariant test names it).
-- Nobody is joined while a message of a dispatch that both are in is still under way: the caller asks again later.
create function app.merge_customers(p_from uuid[], p_into uuid[], p_evidence text, p_now timestamptz) returns setof uuid
language plpgsql volatile as $$
#variable_conflict use_column
declare
  v_tenant uuid := app.current_tenant();
  v_from uuid[];
  v_into uuid[];
  v_table regclass;
begin
  -- Rows that point at these people wait from here on: a foreign key's check takes the same lock.
  perform 1 from customers c where c.tenant_id = v_tenant and c.id = any(p_from || p_into) order by c.id for update;
  select array_agg(r.f), array_agg(r.i) into v_from, v_into
  from unnest(p_from, p_into) r(f, i)
  where r.f <> r.i
    and exists (select 1 from customers c where c.tenant_id = v_tenant and c.id = r.f)
    and exists (select 1 from customers c where c.tenant_id = v_tenant and c.id = r.i)
    and not exists (
      select 1 from messages a join messages b on b.tenant_id = v_tenant and b.dispatch_id = a.dispatch_id and b.customer_id = any(p_from || p_into) and b.id <> a.id
        and b.customer_id in (select x.f from unnest(p_from, p_into) x(f, i) where x.i = r.i union select r.i)
      where a.tenant_id = v_tenant and a.customer_id = r.f
        and (a.state in ('planned','leased','sending','awaiting') or b.state in ('planned','leased','sending','awaiting')));
  if v_from is null then return; end if;

  insert into customer_tags (tenant_id, tag_id, customer_id, created_at)
  select v_tenant, t.tag_id, r.i, min(t.created_at) from customer_tags t join unnest(v_from, v_into) r(f, i) on r.f = t.customer_id
  where t.tenant_id = v_tenant group by 2, 3 on conflict do nothing;
  delete from customer_tags t where t.tenant_id = v_tenant and t.customer_id = any(v_from);

  insert into message_counts as m (tenant_id, customer_id, day, count)
  select v_tenant, r.i, c.day, sum(c.count) from message_counts c join unnest(v_from, v_into) r(f, i) on r.f = c.customer_id
  where c.tenant_id = v_tenant group by 2, 3
  on conflict (tenant_id, customer_id, day) do update set count = m.count + excluded.count;
  delete from message_counts c where c.tenant_id = v_tenant and c.customer_id = any(v_from);

  -- A person's coupons of one template are numbered without a gap: the per-person limit counts on it.
  update coupons k set customer_id = n.i, number = n.number
  from (
    select c.id, r.i, (select count(*) from coupons h where h.tenant_id = v_tenant and h.template_id = c.template_id and h.customer_id = r.i)
      + row_number() over (partition by r.i, c.template_id order by c.claimed_at, c.id) as number
    from coupons c join unnest(v_from, v_into) r(f, i) on r.f = c.customer_id where c.tenant_id = v_tenant
  ) n where k.tenant_id = v_tenant and k.id = n.id;

  -- Of several finished messages of one dispatch the first stays the person's own; the others say whose they were.
  update messages m set customer_id = n.i, merged_from = case when n.place = 1 and not n.has then m.merged_from else coalesce(m.merged_from, n.f) end
  from (
    select a.id, r.f, r.i, row_number() over (partition by r.i, a.dispatch_id order by (a.merged_from is not null), a.created_at, a.id) as place,
      exists (select 1 from messages h where h.tenant_id = v_tenant and h.dispatch_id = a.dispatch_id and h.customer_id = r.i and h.merged_from is null) as has
    from messages a join unnest(v_from, v_into) r(f, i) on r.f = a.customer_id where a.tenant_id = v_tenant
  ) n where m.tenant_id = v_tenant and m.id = n.id;

  insert into customer_aliases (tenant_id, old_id, customer_id, evidence, was, merged_at)
  select v_tenant, r.f, r.i, p_evidence,
    to_jsonb(c) - 'tenant_id' || jsonb_build_object('identities', coalesce((select jsonb_agg(d.id) from identities d where d.tenant_id = v_tenant and d.customer_id = r.f), '[]')), p_now
  from unnest(v_from, v_into) r(f, i) join customers c on c.tenant_id = v_tenant and c.id = r.f;

  for v_table in
    select a.attrelid::regclass from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace s on s.oid = c.relnamespace
    where s.nspname = 'public' and c.relkind = 'r' and a.attname = 'customer_id' and not a.attisdropped
      and c.relname not in ('customer_tags','message_counts','coupons','messages')
    order by c.relname
  loop
    execute format('update %s x set customer_id = r.i from unnest($1, $2) r(f, i) where x.tenant_id = $3 and x.customer_id = r.f', v_table) using v_from, v_into, v_tenant;
  end loop;

  -- A no from any of them is the person's no; the first source and the oldest date are the person's.
  update customers c set
    name = coalesce(c.name, o.name), phone = coalesce(c.phone, o.phone), first_source = coalesce(c.first_source, o.first_source),
    created_at = least(c.created_at, o.created_at), last_visit_at = greatest(c.last_visit_at, o.last_visit_at), opted_out_at = least(c.opted_out_at, o.opted_out_at)
  from (
    select r.i, (array_agg(p.name order by p.created_at) filter (where p.name is not null))[1] as name,
      (array_agg(p.phone order by p.created_at) filter (where p.phone is not null))[1] as phone,
      (array_agg(p.first_source order by p.created_at) filter (where p.first_source is not null))[1] as first_source,
      min(p.created_at) as created_at, max(p.last_visit_at) as last_visit_at, min(p.opted_out_at) as opted_out_at
    from unnest(v_from, v_into) r(f, i) join customers p on p.tenant_id = v_tenant and p.id = r.f group by r.i
  ) o where c.tenant_id = v_tenant and c.id = o.i;

  delete from customers c where c.tenant_id = v_tenant and c.id = any(v_from);
  return query select unnest(v_from);
end $$;
grant execute on function app.merge_customers(uuid[], uuid[], text, timestamptz) to huiliu_app;

-- ── Ceilings of the platforms ───────────────────────────────────────────────────────────────────────────────────────
-- One row per account and rule: the window it counts, moved on when the window is over. Written by one statement a second and process.
create table quota_usage (
  tenant_id uuid not null,
  channel_id uuid not null,
  rule text not null, -- key of shared/platform-quotas
  subject text not null default '', -- the employee where the ceiling is theirs
  window_start timestamptz not null,
  used bigint not null default 0,
  told_limit bigint, -- what the platform said its limit is, when it said so
  told_at timestamptz,
  mark_at timestamptz not null, -- how much was used when: the pace is what came since
  mark_used bigint not null default 0,
  primary key (tenant_id, channel_id, rule, subject),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
) with (fillfactor = 60);
select app.fence('quota_usage');

-- Answers of a platform that our table does not know: shown with the platform's own words.
create table unmapped_codes (
  tenant_id uuid not null,
  channel_id uuid not null,
  code bigint not null,
  path text not null,
  words text not null,
  times bigint not null default 1,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (tenant_id, channel_id, code, path),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
select app.fence('unmapped_codes');

-- ── What is wrong just now ──────────────────────────────────────────────────────────────────────────────────────────
create table alerts (
  tenant_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  kind text not null, -- penalty, revoked, sending_refused, callback_silent …
  subject text not null default '', -- the template concerned
  detail text not null default '', -- the platform's own words
  blocks text not null default 'nothing' check (blocks in ('sending','templates','account','nothing')),
  since timestamptz not null,
  until timestamptz, -- the platform named an end
  resolved_at timestamptz,
  resolved_by text, -- staff, time, recovered
  primary key (tenant_id, id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id) on delete cascade
);
create unique index alerts_open on alerts (tenant_id, channel_id, kind, subject) where resolved_at is null; -- told twice, shown once
select app.fence('alerts');
