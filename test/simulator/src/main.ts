import { readConfig } from './config.ts';
import { startSimulator } from './simulator.ts';

const simulator = await startSimulator(readConfig(process.argv.slice(2), process.env));
process.stdout.write(`${JSON.stringify({ ready: true, port: simulator.port })}\n`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void simulator.close().then(() => process.exit(0));
  });
}
