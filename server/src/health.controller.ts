// For whoever watches the process: alive, and ready to serve.
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { DataSource } from 'typeorm';
import { APP_POOL } from './core/db/data-source.js';
import { Public } from './core/graphql/doors.js';

@Controller('health')
export class HealthController {
  constructor(@Inject(APP_POOL) private readonly pool: DataSource) {}

  /** The process answers. */
  @Get('live')
  @Public()
  live() {
    return { status: 'ok' };
  }

  /** The database answers too; 503 otherwise. */
  @Get('ready')
  @Public()
  async ready(@Res() reply: FastifyReply) {
    const isReady = await this.pool.query('select 1').then(
      () => true,
      () => false,
    );
    return reply.status(isReady ? 200 : 503).send({ status: isReady ? 'ok' : 'database unreachable' });
  }
}
