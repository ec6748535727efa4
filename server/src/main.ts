// The API process; on a small machine (INLINE_WORKER) it does the background work too.
import 'reflect-metadata';
import { readConfig } from './config.js';
import { Worker } from './core/jobs/worker.js';
import { createLog } from './core/log.js';
import { createHttpApp } from './http-app.js';
import { stopGracefully } from './process.js';

const config = readConfig();
const log = createLog(config.logLevel, 'api');
const app = await createHttpApp(config, log);
const worker = config.inlineWorker ? app.get(Worker) : undefined;
stopGracefully(log, async () => {
  await worker?.stop();
  await app.close();
});
await app.listen(config.port, config.host);
await worker?.start();
log.info({ address: await app.getUrl() }, 'ready');
process.send?.({ ready: true, port: Number(new URL(await app.getUrl()).port) });
