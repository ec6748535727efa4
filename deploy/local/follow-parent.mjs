// Loaded into each child before its own code: when the starter is gone, even by kill -9, the child ends itself.
const GRACE_MS = 8000;

if (process.channel) {
  process.on('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM'); // the same orderly end as an ordinary stop
  });
  process.channel.unref(); // waiting for this must not keep a finished process alive
}
