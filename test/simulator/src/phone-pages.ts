import type { FastifyInstance } from 'fastify';
import type { SimulatorConfig } from './config.ts';
import { refuse } from './error-code.ts';
import type { World } from './world.ts';

const PLATFORM_PREFIXES = /^\/(cgi-bin|wxaapi|wxa|sns|datacube|customservice)\//;

/** Pages for people with a phone, and the answer to everything that is no known path. */
export function addPhonePages(server: FastifyInstance, _world: World, _config: SimulatorConfig): void {
  server.setNotFoundHandler((request, reply) => {
    if (PLATFORM_PREFIXES.test(request.url)) return reply.send(refuse(40066));
    return reply.code(404).send({ error: `no ${request.method} ${request.url}` });
  });
}
