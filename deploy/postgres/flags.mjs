// Server settings for one machine that also runs everything else.
import os from 'node:os';

const MB = 1024 * 1024;

/**
 * Settings by memory (bytes). Few helper processes and small caches: the product must idle in little memory; the
 * operating system caches the files anyway. WAL is generous, because the defaults cost half the write speed.
 */
export function tunedFlags(totalMemory = os.totalmem()) {
  const roomy = totalMemory >= 4096 * MB;
  return [
    `shared_buffers=${roomy ? 128 : 48}MB`,
    `effective_cache_size=${Math.max(256, Math.floor(totalMemory / MB / 2))}MB`,
    `maintenance_work_mem=${roomy ? 128 : 32}MB`,
    `work_mem=${roomy ? 16 : 4}MB`,
    `max_wal_size=${roomy ? '2GB' : '512MB'}`,
    'min_wal_size=80MB',
    'wal_buffers=4MB',
    'max_connections=100',
    'checkpoint_timeout=15min',
    'random_page_cost=1.1',
    'jit=off',
    'huge_pages=off',
    // no replica hangs on this server: less WAL, and no process that waits for one
    'wal_level=minimal',
    'max_wal_senders=0',
    'max_logical_replication_workers=0',
    // asynchronous reads would keep three more processes
    'io_method=sync',
    'log_checkpoints=off',
    'log_min_duration_statement=2000',
    'timezone=UTC',
  ];
}

/** For throw-away clusters of tests: nothing survives a crash, and nothing waits for the disk. */
export const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
