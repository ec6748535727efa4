import type { FastifyInstance } from 'fastify';
import type { Component, ComponentSettings } from '../component/component.ts';
import { backTo } from '../component/login-page.ts';
import type { MiniProgram } from '../mini-program.ts';
import type { World } from '../world.ts';
import { appOr404, ControlError } from './control-error.ts';

interface Which {
  Params: { appid: string };
}

const text = { type: 'string' };
const properties = {
  appid: { type: 'string', minLength: 1 },
  secret: text,
  token: text,
  aesKey: { type: 'string', pattern: '^[A-Za-z0-9]{43}$' },
  name: text,
  eventUrl: text,
  messageUrl: text,
};

interface AuthoriseBody {
  appid: string;
  preAuthCode?: string;
  redirectUri?: string;
  funcs?: number[];
}

/** Third-party platforms, and what the owners of accounts decide about them. */
export function addComponentControl(server: FastifyInstance, world: World): void {
  server.get('/sim/components', () => ({ components: [...world.components.all.values()].map(view) }));
  const required = ['appid', 'secret', 'token', 'aesKey', 'eventUrl', 'messageUrl'];
  server.post<{ Body: Omit<ComponentSettings, 'name'> & { name?: string } }>('/sim/components', { schema: { body: { type: 'object', required, properties } } }, (req) => {
    if (![req.body.eventUrl, req.body.messageUrl].every((url) => URL.canParse(url))) throw new ControlError(400, 'eventUrl and messageUrl must be addresses');
    const { appid, secret, token, aesKey, eventUrl, messageUrl, name = '第三方平台' } = req.body;
    return view(world.components.put({ appid, secret, token, aesKey, eventUrl, messageUrl, name }));
  });
  server.delete<Which>('/sim/components/:appid', (req) => ({ removed: world.components.remove(req.params.appid) }));
  server.post<Which>('/sim/components/:appid/ticket', async (req) => ({ delivery: await componentOr404(world, req.params.appid).pushTicket() }));
  addDecisions(server, world);
}

function addDecisions(server: FastifyInstance, world: World): void {
  const funcs = { type: 'array', items: { type: 'integer' } };
  const body = { type: 'object', required: ['appid'], properties: { appid: text, preAuthCode: text, redirectUri: text, funcs } };
  server.post<Which & { Body: AuthoriseBody }>('/sim/components/:appid/authorise', { schema: { body } }, (req) => {
    const component = componentOr404(world, req.params.appid);
    const { preAuthCode, redirectUri } = req.body;
    if (preAuthCode !== undefined && !component.knowsPreAuthCode(preAuthCode, world.clock.now())) throw new ControlError(409, 'the pre-auth code is unknown or has ended');
    if (redirectUri !== undefined && !URL.canParse(redirectUri)) throw new ControlError(400, 'redirectUri is not an address');
    const { authCode, expiresIn } = component.authorise(appOr404(world, req.body.appid), req.body);
    return { authCode, ...(redirectUri === undefined ? {} : { redirect: backTo(redirectUri, authCode, expiresIn) }) };
  });
  server.post<Which & { Body: AuthoriseBody }>('/sim/components/:appid/update', { schema: { body } }, (req) => {
    const { component, app } = authorisedOr409(world, req.params.appid, req.body.appid);
    const { authCode } = component.authorise(app, req.body);
    return { authCode };
  });
  server.post<Which & { Body: AuthoriseBody }>('/sim/components/:appid/unauthorise', { schema: { body } }, (req) => {
    const { component, app } = authorisedOr409(world, req.params.appid, req.body.appid);
    void component.unauthorise(app);
    return { appid: app.appid };
  });
}

function componentOr404(world: World, appid: string): Component {
  const component = world.components.all.get(appid);
  if (!component) throw new ControlError(404, `no component ${appid}`);
  return component;
}

function authorisedOr409(world: World, componentAppid: string, appid: string): { component: Component; app: MiniProgram } {
  const component = componentOr404(world, componentAppid);
  const app = appOr404(world, appid);
  if (!component.authorizations.has(app.appid)) throw new ControlError(409, `${app.appid} is not authorised`);
  return { component, app };
}

/** Settings without secrets, the authorised accounts and the calls so far. */
function view(component: Component): object {
  const { appid, name, eventUrl, messageUrl } = component.settings;
  return { appid, name, eventUrl, messageUrl, authorised: [...component.authorizations.keys()], calls: component.stats.calls, callbacks: component.stats.callbacks };
}
