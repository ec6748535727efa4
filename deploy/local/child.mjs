// Loaded into each child before its own code. It ends the child when the starter is gone, even by kill -9, and gives
// back once the memory that only its start needed.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const GRACE_MS = 8000;
const TIDY_AFTER_MS = [5000, 30_000]; // the second for a machine so busy that the start took longer

if (process.channel) {
  process.on('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM'); // the same orderly end as an ordinary stop
  });
  process.channel.unref(); // waiting for this must not keep a finished process alive
}

// V8 keeps the heap of the start (modules read, schema built) until something fills it again; an idle process never does
for (const ms of TIDY_AFTER_MS) {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, ms).unref();
}
