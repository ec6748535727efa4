// One endpoint, one schema: Mercurius with JIT on the committed schema file.
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fileURLToPath } from 'node:url';
import type { Log } from '../log.js';
import { formatErrors } from './errors.js';
import { limitRules } from './limits.js';
import type { GraphContext } from './loaders.js';
import { scalars } from './scalars.js';

/** The committed schema: made from the modules' files by `pnpm codegen`, checked by the invariants. */
export const schemaFile = fileURLToPath(new URL('../../../schema.graphql', import.meta.url));

// A compiled query weighs up to a megabyte and anyone may send new ones: more than our own pages need, less than would fill the process.
const QUERIES_KEPT = 256;

export function graphqlModule(log: Log): DynamicModule {
  return GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    typePaths: [schemaFile],
    resolvers: scalars,
    path: '/graphql',
    graphiql: false,
    jit: 1,
    cache: QUERIES_KEPT,
    validationRules: limitRules(),
    context: (request: FastifyRequest, reply: FastifyReply): GraphContext => ({ request, reply, loaders: new Map() }),
    errorFormatter: formatErrors(log) as never,
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}
