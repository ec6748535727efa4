create table coupon_templates (
  tenant_id uuid not null references tenants(id) on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 40),
  kind text not null check (kind in ('amount','percent','exchange')),
  value_fen bigint check (value_fen > 0),
  percent_off int check (percent_off between 1 and 99),
  max_discount_fen bigint check (max_discount_fen > 0),
  exchange_item text,
  min_spend_fen bigint not null default 0 check (min_spend_fen >= 0),
  stock bigint not null check (stock >= 0),
  remaining bigint not null check (remaining >= 0 and remaining <= stock),
  per_person_limit int not null default 1 check (per_person_limit between 1 and 100),
  validity text not null check (validity in ('fixed','relative')),
  valid_from timestamptz,
  valid_until timestamptz,
  valid_days int check (valid_days between 1 and 3650),
  usage_notes text,
  state text not null default 'active' check (state in ('active','archived')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check (validity <> 'fixed' or (valid_until is not null and (valid_from is null or valid_from < valid_until))),
  check (validity <> 'relative' or valid_days is not null)
) with (fillfactor = 70);
select app.fence('coupon_templates');

create table coupons (
  tenant_id uuid not null,
  id uuid not null,
  template_id uuid not null,
  customer_id uuid not null,
  number int not null, -- the how-manieth of this template for this person: the per-person limit is an index
  code text not null,
  state text not null default 'claimed' check (state in ('claimed','redeemed','expired','revoked')),
  offer_id uuid,
  source_key text, -- a grant that has a key of its own (a job that may run twice); a person's own tap has none
  claimed_at timestamptz not null default now(),
  usable_from timestamptz not null,
  expires_at timestamptz not null,
  redeemed_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, template_id, customer_id, number),
  unique (tenant_id, code),
  foreign key (tenant_id, template_id) references coupon_templates(tenant_id, id),
  foreign key (tenant_id, customer_id) references customers(tenant_id, id) on delete cascade
);
create unique index coupons_source on coupons (tenant_id, source_key) where source_key is not null; -- the same fact gives once
create index coupons_customer on coupons (tenant_id, customer_id, claimed_at desc); -- wallet, profile
create index coupons_expiry on coupons (tenant_id, expires_at) where state = 'claimed'; -- expiry job, segment rule coupon_expires
create index coupons_offer on coupons (tenant_id, offer_id) where offer_id is not null; -- offer report
create index coupons_redeemed on coupons (tenant_id, template_id) where state = 'redeemed'; -- a template's redeemed count
select app.fence('coupons');

-- Hands out coupons of one template to many people at once: stock, per-person limit and repeats exact, in arrival order.
-- The template's row is the only contended lock, so claims of one template stand in line here and nowhere else. Every array has one
-- entry per claim, and a customer stands in it once. A person who holds a usable coupon of the same offer gets that one back; a grant
-- with a key gets back what that key gave.
-- The look-ups are per-row index probes on purpose: a set-wise anti-join, planned while the table was empty, scans it for ever after.
create function app.claim_coupons(p_template uuid, p_now timestamptz, p_ids uuid[], p_customers uuid[], p_codes text[], p_keys text[], p_offers uuid[])
returns table (ord int, outcome text, id uuid, code text, state text, offer_id uuid, claimed_at timestamptz, usable_from timestamptz, expires_at timestamptz, redeemed_at timestamptz)
language plpgsql volatile set enable_seqscan = off as $$
#variable_conflict use_column
declare
  v_tenant uuid := app.current_tenant();
  v_template coupon_templates;
  v_room bigint := 0;
  v_refusal text;
  v_from timestamptz;
  v_until timestamptz;
begin
  select t.* into v_template from coupon_templates t where t.tenant_id = v_tenant and t.id = p_template for update;
  if not found then return; end if;
  v_refusal := case when v_template.state = 'archived' then 'coupon_archived'
                    when v_template.validity = 'fixed' and v_template.valid_until <= p_now then 'coupon_over'
                    when v_template.remaining = 0 then 'sold_out' end;
  if v_refusal is null then v_room := v_template.remaining; end if;
  v_from := greatest(p_now, coalesce(v_template.valid_from, p_now));
  -- A relative coupon ends with the last of its days in the merchant's own zone, never at an odd minute.
  v_until := case v_template.validity when 'fixed' then v_template.valid_until else
    (select ((p_now at time zone t.timezone)::date + v_template.valid_days + 1)::timestamp at time zone t.timezone from tenants t where t.id = v_tenant) end;
  -- `held` is what the person has: the coupon this claim would repeat if there is one, else the newest. Whoever waited for the lock sees it here.
  return query
  with asked as materialized (
    select r.*, h.number as last, h.id as held_id, h.code as held_code, h.state as held_state, h.offer_id as held_offer, h.claimed_at as held_at,
      h.usable_from as held_from, h.expires_at as held_until, h.redeemed_at as held_redeemed,
      coalesce(h.is_it, false) as holds, coalesce(h.count, 0) as count
    from unnest(p_ids, p_customers, p_codes, p_keys, p_offers) with ordinality as r(id, customer_id, code, key, offer_id, ord)
    left join lateral (
      select k.*, count(*) over () as count,
        case when r.key is null then k.state = 'claimed' and k.expires_at > p_now and k.offer_id is not distinct from r.offer_id else k.source_key is not distinct from r.key end as is_it
      from coupons k where k.tenant_id = v_tenant and k.template_id = p_template and k.customer_id = r.customer_id
      order by is_it desc, k.number desc limit 1
    ) h on true
  ), given as (
    insert into coupons (tenant_id, id, template_id, customer_id, number, code, offer_id, source_key, claimed_at, usable_from, expires_at)
    select v_tenant, a.id, p_template, a.customer_id, a.count + 1, a.code, a.offer_id, a.key, p_now, v_from, v_until
    from asked a where a.count < v_template.per_person_limit and not a.holds order by a.ord limit v_room
    on conflict do nothing returning coupons.id
  ), sold as (
    update coupon_templates t set remaining = t.remaining - s.count from (select count(*) as count from given) s
    where t.tenant_id = v_tenant and t.id = p_template and s.count > 0 returning s.count
  )
  -- A given coupon is the caller's own ids and code; only what was there before comes back in full.
  select a.ord::int,
    case when g.id is not null then 'given' when a.holds then 'held' when a.count >= v_template.per_person_limit then 'limit_reached'
         when v_refusal is not null then v_refusal when v_room <= coalesce((select s.count from sold s), 0) then 'sold_out' else 'again' end,
    case when g.id is null then a.held_id end, a.held_code, a.held_state, a.held_offer, a.held_at,
    case when g.id is null then a.held_from else v_from end, case when g.id is null then a.held_until else v_until end, a.held_redeemed
  from asked a left join given g on g.id = a.id order by a.ord;
end $$;

create table redemptions (
  tenant_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  customer_id uuid not null,
  order_fen bigint,
  discount_fen bigint not null default 0,
  staff_id uuid,
  store text,
  request_key text not null, -- the till's own key: a double click redeems once
  redeemed_at timestamptz not null default now(),
  undone_at timestamptz,
  undone_by uuid,
  primary key (tenant_id, id),
  unique (tenant_id, request_key),
  foreign key (tenant_id, coupon_id) references coupons(tenant_id, id) on delete cascade
);
create index redemptions_coupon on redemptions (tenant_id, coupon_id);
create index redemptions_at on redemptions (tenant_id, redeemed_at); -- reports
select app.fence('redemptions');

create table offers (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  headline text not null,
  description text not null default '',
  mode text not null default 'service' check (mode in ('service','conditional')),
  channel_id uuid not null,
  coupon_template_id uuid not null,
  notices jsonb not null default '[]', -- [{templateId, purpose, fields}] the notices this reward really needs
  state text not null default 'draft' check (state in ('draft','published','ended')),
  override_by uuid, -- the owner who published against the linter's advice
  override_reason text,
  published_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, channel_id) references channels(tenant_id, id),
  foreign key (tenant_id, coupon_template_id) references coupon_templates(tenant_id, id)
);
select app.fence('offers');
alter table entry_links add foreign key (tenant_id, offer_id) references offers(tenant_id, id) on delete set null (offer_id);
