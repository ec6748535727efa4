import { readConfig } from './config.ts';
import { startSimulator, type Simulator } from './simulator.ts';

/** Starts, or says in one sentence why not. */
async function start(): Promise<Simulator> {
  try {
    return await startSimulator(readConfig(process.argv.slice(2), process.env));
  } catch (error) {
    const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
    process.stderr.write(`simulator cannot start: ${code === 'EADDRINUSE' ? `port ${port} is taken` : message}\n`);
    return process.exit(1);
  }
}

const simulator = await start();
process.stdout.write(`${JSON.stringify({ ready: true, port: simulator.port })}\n`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void simulator.close().then(() => process.exit(0));
  });
}
