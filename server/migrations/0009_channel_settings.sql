-- What a platform needs to know of an account beside its id and is no secret: WeCom's agent id, a service account's type.
alter table channels add column settings jsonb not null default '{}';
