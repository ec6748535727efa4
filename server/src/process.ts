// How a process of ours ends: once, in order, on a signal or when its parent is gone.
import type { Log } from './core/log.js';

/** Runs `stop` on SIGTERM, SIGINT, or when the parent that started us over IPC goes away; then ends. */
export function stopGracefully(log: Log, stop: () => Promise<void>): void {
  let isStopping = false;
  const end = (why: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'stopping');
    const force = setTimeout(() => process.exit(1), 15_000);
    force.unref();
    stop().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  if (process.connected) process.on('disconnect', () => end('parent gone'));
}
