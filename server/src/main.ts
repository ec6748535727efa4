// The API process.
import 'reflect-metadata';
import { readConfig } from './config.js';
import { createLog } from './core/log.js';
import { createHttpApp } from './http-app.js';
import { stopGracefully } from './process.js';

const config = readConfig();
const log = createLog(config.logLevel, 'api');
const app = await createHttpApp(config, log);
stopGracefully(log, () => app.close());
await app.listen(config.port, config.host);
log.info({ address: await app.getUrl() }, 'ready');
process.send?.({ ready: true, port: Number(new URL(await app.getUrl()).port) });
