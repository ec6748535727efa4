import { parseArgs } from 'node:util';

/** Everything that can be set from outside. Times are milliseconds. */
export interface SimulatorConfig {
  host: string;
  port: number;
  /** Public address of the product: where merchant pages are fetched from. */
  product: string;
  /** File the state is kept in between two starts; null keeps it in memory only. */
  stateFile: string | null;
  callbackTimeoutMs: number;
  callbackRetryMs: number;
  callbackConcurrency: number;
}

export const defaultConfig: SimulatorConfig = {
  host: '127.0.0.1',
  port: 0,
  product: 'http://127.0.0.1:8080',
  stateFile: null,
  callbackTimeoutMs: 5000,
  callbackRetryMs: 1000,
  callbackConcurrency: 64,
};

/**
 * Reads `--port`, `--host`, `--product` and `--state`; the last two also as PRODUCT_URL and SIMULATOR_STATE.
 * HOST and PORT are the product's own and not read: started beside it, the control side must stay on loopback.
 */
export function readConfig(argv: string[], env: Record<string, string | undefined>): SimulatorConfig {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      product: { type: 'string' },
      state: { type: 'string' },
    },
  });
  const port = Number(values.port ?? 8090);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`port must be a number from 0 to 65535, got ${values.port}`);
  }
  return {
    ...defaultConfig,
    port,
    host: values.host ?? defaultConfig.host,
    product: (values.product ?? env['PRODUCT_URL'] ?? defaultConfig.product).replace(/\/+$/, ''),
    stateFile: values.state ?? env['SIMULATOR_STATE'] ?? null,
  };
}
