import type { AddressInfo } from 'node:net';
import { defaultConfig, type SimulatorConfig } from './config.ts';
import { Keeper } from './keeper.ts';
import { buildServer } from './server.ts';
import { loadWorld } from './snapshot.ts';
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
  if (config.stateFile) await loadWorld(world, config.stateFile);
  const keeper = config.stateFile ? new Keeper(world, config.stateFile) : null;
  const server = buildServer(world, config);
  if (keeper) {
    server.addHook('onResponse', async (request) => {
      if (request.method !== 'GET') keeper.touch();
    });
  }
  await server.listen({ host: config.host, port: config.port });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${config.host}:${port}`,
    port,
    world,
    close: async () => {
      await server.close();
      await world.callbacks.close();
      await keeper?.close();
    },
  };
}
