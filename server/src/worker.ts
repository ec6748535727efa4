// The job process: same modules, no HTTP.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';
import { Worker } from './core/jobs/worker.js';
import { createLog, nestLogger } from './core/log.js';
import { stopGracefully } from './process.js';

const config = readConfig();
const log = createLog(config.logLevel, 'worker');
const app = await NestFactory.createApplicationContext(AppModule.with(config, log), { logger: nestLogger(log), abortOnError: false });
const worker = app.get(Worker);
stopGracefully(log, async () => {
  await worker.stop();
  await app.close();
});
await worker.start();
log.info('ready');
process.send?.({ ready: true });
