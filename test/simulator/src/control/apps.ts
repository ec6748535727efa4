import type { FastifyInstance } from 'fastify';
import { request } from 'undici';
import { addSend } from '../subscription.ts';
import type { AppSettings, MiniProgram } from '../mini-program.ts';
import { verifyRequest } from '../push-event.ts';
import type { TemplateInput, World } from '../world.ts';
import { appOr404, ControlError, personOr404 } from './control-error.ts';

type AppBody = Partial<AppSettings> & { appid: string; templates?: TemplateInput[] };

const text = { type: 'string' };
const properties = {
  appid: { type: 'string', minLength: 1 },
  secret: text,
  originalId: text,
  name: text,
  callbackUrl: text,
  token: text,
  aesKey: text,
  homePath: text,
  mode: { enum: ['plain', 'compat', 'secure'] },
  format: { enum: ['json', 'xml'] },
  sentEvents: { enum: ['all', 'none'] },
  jsonNumbers: { enum: ['mixed', 'number', 'string'] },
  kind: { enum: ['mini_program', 'service_account', 'subscription_account'] },
  redirectDomain: text,
  openPlatform: text,
  linkedPrograms: { type: 'array', items: text },
  messageTemplates: {
    type: 'array',
    items: { type: 'object', required: ['templateId', 'title', 'content'], properties: { templateId: text, title: text, content: text } },
  },
  massStatus: text,
  massDelayMs: { type: 'integer', minimum: 0 },
  publishStatus: { type: 'integer', minimum: 0, maximum: 6 },
  publishEvent: { enum: ['PUBLISHJOBFINISH', 'FREEPUBLISHJOBFINISH'] },
  deniedApis: { type: 'object', additionalProperties: { type: 'integer' } },
  unionBound: { type: 'boolean' },
  subscribeBanned: { type: 'boolean' },
  limits: { type: 'object' },
  routes: { type: 'object', additionalProperties: text },
  pages: { type: 'array', items: text },
  templates: {
    type: 'array',
    items: {
      type: 'object',
      required: ['priTmplId', 'content'],
      properties: { priTmplId: { type: 'string', minLength: 1 }, title: text, content: text, example: text, type: { enum: [2, 3] } },
    },
  },
};

/** Mini programs: what a merchant would set in the platform's console. */
export function addAppControl(server: FastifyInstance, world: World): void {
  server.get('/sim/apps', () => ({ apps: [...world.apps.values()].map(view) }));
  server.post<{ Body: AppBody }>('/sim/apps', { schema: { body: { type: 'object', required: ['appid', 'secret'], properties } } }, (req) => {
    const { templates, ...settings } = known(req.body);
    checkSettings(settings);
    return view(world.putApp(settings as AppBody, templates ?? []));
  });
  server.patch<{ Params: { appid: string }; Body: Partial<AppBody> }>(
    '/sim/apps/:appid',
    { schema: { body: { type: 'object', properties } } },
    (req) => {
      const app = appOr404(world, req.params.appid);
      const { templates, ...settings } = known(req.body);
      checkSettings({ ...app.settings, ...settings });
      if (settings.secret !== undefined && settings.secret !== app.settings.secret) app.tokens.killAll(world.clock.now());
      app.configure(settings);
      if (templates) app.setTemplates(templates);
      return view(app);
    },
  );
  server.delete<{ Params: { appid: string } }>('/sim/apps/:appid', (req) => ({ removed: world.removeApp(req.params.appid) }));
  server.post<{ Params: { appid: string } }>('/sim/apps/:appid/verify', (req) => verify(appOr404(world, req.params.appid)));
  addGrantControl(server, world);
}

interface GrantBody {
  templateId: string;
  count?: number;
  people?: string[];
}

/** Gives many people accepts at once, without prompts and callbacks: for benchmarks. */
function addGrantControl(server: FastifyInstance, world: World): void {
  server.post<{ Params: { appid: string }; Body: GrantBody }>(
    '/sim/apps/:appid/grants',
    { schema: { body: { type: 'object', required: ['templateId'], properties: { templateId: text, count: { type: 'integer', minimum: 1 } } } } },
    (req) => {
      const app = appOr404(world, req.params.appid);
      const template = app.templates.get(req.body.templateId);
      if (!template) throw new ControlError(404, `no template ${req.body.templateId}`);
      const people = req.body.people?.map((id) => personOr404(world, id)) ?? [...world.people.values()];
      const granted = people.map((person) => {
        const member = app.member(person);
        for (let i = 0; i < (req.body.count ?? 1); i += 1) addSend(member, template.priTmplId, template.type === 3);
        return { id: person.id, openid: member.openid };
      });
      return { granted };
    },
  );
}

/** Drops fields the platform does not know and those left undefined. */
function known<T extends object>(body: T): T {
  return Object.fromEntries(Object.entries(body).filter(([key, value]) => key in properties && value !== undefined)) as T;
}

function checkSettings(settings: Partial<AppSettings>): void {
  if (settings.callbackUrl && !URL.canParse(settings.callbackUrl)) throw new ControlError(400, 'callbackUrl is not an address');
  const encrypted = settings.mode === 'compat' || settings.mode === 'secure';
  if (encrypted && !/^[A-Za-z0-9]{43}$/.test(settings.aesKey ?? '')) {
    throw new ControlError(400, 'aesKey must be 43 letters or digits in compat and secure mode');
  }
}

/** Checks the callback address as the platform's console does when it is saved. */
async function verify(app: MiniProgram): Promise<object> {
  if (app.settings.callbackUrl === '') throw new ControlError(400, 'callbackUrl is not set');
  const { url, echostr } = verifyRequest(app.settings);
  try {
    const response = await request(url, { signal: AbortSignal.timeout(5000) });
    const answer = await response.body.text();
    return { ok: response.statusCode === 200 && answer === echostr, status: response.statusCode, answer: answer.slice(0, 200) };
  } catch (error) {
    return { ok: false, status: 0, answer: error instanceof Error ? error.message : String(error) };
  }
}

/** Settings as the control interface shows them; secrets stay inside. */
function view(app: MiniProgram): object {
  const { secret: _secret, aesKey: _aesKey, token: _token, ...shown } = app.settings;
  return { ...shown, templates: [...app.templates.values()], members: app.byOpenid.size, followers: app.isOfficial ? [...app.byOpenid.values()].filter((one) => one.follows).length : undefined };
}
