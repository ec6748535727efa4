import type { FastifyInstance } from 'fastify';
import { openidOf } from '../ids.ts';
import { answerPrompt, changeSetting, planPrompt, type PromptAnswer } from '../subscription.ts';
import type { World } from '../world.ts';
import { appOr404, ControlError, memberOr404, personOr404 } from './control-error.ts';

interface Who {
  Params: { id: string };
}

interface PromptBody {
  appid: string;
  templateIds: string[];
  answers?: Record<string, PromptAnswer>;
  always?: boolean;
}

const text = { type: 'string' };

/** A body that names a mini program and needs further fields. */
function withApp(more: Record<string, object> = {}, required: string[] = Object.keys(more)): { schema: { body: object } } {
  return { schema: { body: { type: 'object', required: ['appid', ...required], properties: { appid: text, ...more } } } };
}

/** People, their logins, prompts and settings. */
export function addPeopleControl(server: FastifyInstance, world: World): void {
  addPersonRoutes(server, world);
  addPromptRoutes(server, world);
  addSettingRoutes(server, world);
}

function addPersonRoutes(server: FastifyInstance, world: World): void {
  const count = { type: 'integer', minimum: 1, maximum: 200_000 };
  const body = { type: 'object', properties: { count, prefix: { type: 'string', pattern: '^[\\w-]{1,32}$' }, name: text } };
  server.post<{ Body: { count?: number; prefix?: string; name?: string } }>('/sim/people', { schema: { body } }, (req) => ({
    people: world.addPeople(req.body.count ?? 1, req.body.prefix ?? 'p', req.body.name),
  }));
  server.get<{ Querystring: { appid?: string; q?: string; limit?: string } }>('/sim/people', (req) => {
    const { appid, q, limit } = req.query;
    const found = [...world.people.values()].filter((one) => q === undefined || one.id.includes(q) || one.name.includes(q));
    const people = limit === undefined ? found : found.slice(0, Number(limit));
    return { people: appid ? people.map((one) => ({ ...one, openid: openidOf(appid, one.id) })) : people, total: found.length };
  });
  server.get<Who>('/sim/people/:id', (req) => personOr404(world, req.params.id));
  server.post<Who & { Body: { appid: string } }>('/sim/people/:id/login', withApp(), (req) => {
    const member = memberOr404(world, req.params.id, req.body.appid);
    return { code: world.codes.issue(req.body.appid, member, world.clock.now()), openid: member.openid };
  });
}

function addPromptRoutes(server: FastifyInstance, world: World): void {
  const ids = { type: 'array', items: text };
  server.post<Who & { Body: PromptBody }>('/sim/people/:id/prompt', withApp({ templateIds: ids }), (req) => {
    const { appid, templateIds, answers = {}, always = false } = req.body;
    const member = memberOr404(world, req.params.id, appid);
    const app = appOr404(world, appid);
    const plan = planPrompt(app, member, templateIds);
    if ('errCode' in plan) return plan;
    const { result } = answerPrompt(world, app, member, { plan, answers, always });
    return { result, errMsg: 'requestSubscribeMessage:ok' };
  });
  server.post<Who & { Body: PromptBody }>('/sim/people/:id/prompt/plan', withApp({ templateIds: ids }), (req) => {
    const app = appOr404(world, req.body.appid);
    return planPrompt(app, app.member(personOr404(world, req.params.id)), req.body.templateIds);
  });
}

interface SettingBody {
  appid: string;
  templateId?: string;
  status?: 'accept' | 'reject';
  mainSwitch?: boolean;
}

function addSettingRoutes(server: FastifyInstance, world: World): void {
  const change = withApp({ templateId: text, status: { enum: ['accept', 'reject'] }, mainSwitch: { type: 'boolean' } }, []);
  server.post<Who & { Body: SettingBody }>('/sim/people/:id/settings', change, (req) => {
    const { appid, templateId, status, mainSwitch } = req.body;
    const app = appOr404(world, appid);
    const member = app.member(personOr404(world, req.params.id));
    if (mainSwitch !== undefined) member.mainSwitch = mainSwitch;
    if (templateId === undefined || status === undefined) return settingsOf(world, req.params.id, appid);
    if (!app.templates.has(templateId)) throw new ControlError(404, `no template ${templateId}`);
    void changeSetting(world, app, member, { templateId, status });
    return settingsOf(world, req.params.id, appid);
  });
  server.get<Who & { Querystring: { appid?: string } }>('/sim/people/:id/settings', (req) =>
    settingsOf(world, req.params.id, req.query.appid),
  );
}

/** Switches as the client's setting page shows them, and the sends left, which only the platform knows. */
function settingsOf(world: World, id: string, appid: string | undefined): object {
  const member = memberOr404(world, id, appid);
  const itemSettings: Record<string, string> = {};
  const remaining: Record<string, number | 'unlimited'> = {};
  for (const [templateId, grant] of member.grants) {
    if (grant.kept) itemSettings[templateId] = grant.kept;
    remaining[templateId] = grant.remaining === Infinity ? 'unlimited' : grant.remaining;
  }
  return { mainSwitch: member.mainSwitch, itemSettings, remaining };
}
