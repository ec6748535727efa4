import type { AddressInfo } from 'node:net';
import { defaultConfig, type SimulatorConfig } from './config.ts';
import { buildServer } from './server.ts';
import { World } from './world.ts';

/** A running simulator. */
export interface Simulator {
  /** Address it listens on, without a trailing slash. */
  url: string;
  port: number;
  world: World;
  close: () => Promise<void>;
}

/** Starts a simulator and answers when it takes requests. Port 0 picks a free one. */
export async function startSimulator(change: Partial<SimulatorConfig> = {}): Promise<Simulator> {
  const config = { ...defaultConfig, ...change };
  const world = new World({
    timeoutMs: config.callbackTimeoutMs,
    retryMs: config.callbackRetryMs,
    concurrency: config.callbackConcurrency,
  });
  const server = buildServer(world, config);
  await server.listen({ host: config.host, port: config.port });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${config.host}:${port}`,
    port,
    world,
    close: async () => {
      await server.close();
      await world.callbacks.close();
    },
  };
}
