-- A keyed job that waits stands for the news of everybody who asked for it meanwhile, so it may not be taken before they commit:
-- `do nothing` left the row free, the relay ran the job at once, saw none of the news, and nobody woke it again.
create or replace function app.enqueue(driver text, jobs jsonb) returns void language plpgsql security definer set search_path = public, pg_temp as $$
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
      on conflict (job_key) where job_key is not null and relayed_at is null do update set payload = excluded.payload; -- locks the row: the relay skips it
    end if;
  end loop;
  if driver = 'bull' then perform pg_notify('job_outbox', ''); end if;
end $$;
