-- A message is itself the fact that it was sent, so that the hot path writes no second row: the timeline reads both.
create view customer_timeline with (security_invoker = true) as
  select tenant_id, id, customer_id, type, occurred_at, subject_id, detail from customer_events
  where type <> 'message.sent' -- from before this view
  union all
  select tenant_id, id, customer_id, 'message.sent', sent_at, id, jsonb_build_object('dispatchId', dispatch_id, 'kind', kind)
  from messages where state = 'sent' and sent_at is not null;
grant select on customer_timeline to huiliu_app;
