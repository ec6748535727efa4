import fastify, { type FastifyInstance } from 'fastify';
import { usePlatformBodies, useControlBodies, useRawBodies } from './body-parsing.ts';
import type { SimulatorConfig } from './config.ts';
import { addAppControl } from './control/apps.ts';
import { addConversationControl } from './control/conversation.ts';
import { addPeopleControl } from './control/people.ts';
import { addStateControl } from './control/state.ts';
import { addOfficialControl } from './control/official.ts';
import { addOfficialRoutes } from './official/official-routes.ts';
import { addCustomerServiceRoutes } from './platform/customer-service.ts';
import { addEntryRoutes } from './platform/entry-calls.ts';
import { addPhoneNumberRoutes } from './platform/phone-number.ts';
import { addComponentRoutes } from './component/component-calls.ts';
import { addComponentPage } from './component/login-page.ts';
import { addComponentControl } from './control/components.ts';
import { addEntryControl } from './control/entries.ts';
import { addLoginRoutes } from './platform/login.ts';
import { addQuotaRoutes } from './platform/quota-tools.ts';
import { addSubscribeRoutes } from './platform/subscribe-send.ts';
import { addTemplateRoutes } from './platform/templates.ts';
import { addTokenRoutes } from './platform/tokens.ts';
import { addPhonePages } from './phone-pages.ts';
import { addWecomControl, addWecomRoutes, rewriteWecom } from './wecom/wecom-routes.ts';
import { World } from './world.ts';

const BODY_LIMIT = 12 * 1024 * 1024;

/** The HTTP server over a world: platform paths at the root, control and phone under /sim. */
export function buildServer(world: World, config: SimulatorConfig): FastifyInstance {
  const server = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT,
    rewriteUrl: (request) => rewriteWecom(world, request.url ?? '/'),
  });
  useRawBodies(server);
  server.register(async (scope) => {
    usePlatformBodies(scope);
    addTokenRoutes(scope, world);
    addLoginRoutes(scope, world);
    addSubscribeRoutes(scope, world);
    addCustomerServiceRoutes(scope, world);
    addTemplateRoutes(scope, world);
    addQuotaRoutes(scope, world);
    addOfficialRoutes(scope, world);
    addComponentRoutes(scope, world);
    addComponentPage(scope, world);
    addEntryRoutes(scope, world);
    addPhoneNumberRoutes(scope, world);
    addWecomRoutes(scope, world);
  });
  server.register(async (scope) => {
    useControlBodies(scope);
    scope.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) =>
      reply.code(error.statusCode ?? 500).send({ error: error.message }),
    );
    addAppControl(scope, world);
    addPeopleControl(scope, world);
    addConversationControl(scope, world);
    addOfficialControl(scope, world);
    addEntryControl(scope, world);
    addComponentControl(scope, world);
    addStateControl(scope, world);
    addWecomControl(scope, world);
  });
  addPhonePages(server, world, config);
  return server;
}
