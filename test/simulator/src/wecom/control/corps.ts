import type { FastifyInstance } from 'fastify';
import { request } from 'undici';
import { ControlError } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import type { Corp, CorpApp, CorpSettings, Employee } from '../corp.ts';
import { pushToCorp, verification } from '../pushes.ts';
import { corpOr404 } from './found.ts';

type AppBody = Partial<CorpApp>;

interface CorpBody extends AppBody {
  corpid: string;
  name?: string;
  apps?: AppBody[];
  employees?: (Partial<Employee> & { userid: string })[];
  settings?: Partial<CorpSettings>;
}

interface At {
  Params: { corpid: string };
}

const text = { type: 'string' };
const appProperties = {
  agentid: { type: 'integer' },
  secret: text,
  callbackUrl: text,
  token: text,
  aesKey: text,
  events: { type: 'array', items: { enum: ['contact', 'kf'] } },
  range: { type: ['array', 'null'], items: text },
};
const employee = { type: 'object', required: ['userid'], properties: { userid: { type: 'string', minLength: 1 }, name: text, canContact: { type: 'boolean' } } };
const properties = {
  corpid: { type: 'string', minLength: 1 },
  name: text,
  ...appProperties,
  apps: { type: 'array', items: { type: 'object', required: ['agentid', 'secret'], properties: appProperties } },
  employees: { type: 'array', items: employee },
  settings: { type: 'object' },
};

/** Corps: what their admin sets in WeCom's console. */
export function addCorpControl(server: FastifyInstance, world: World): void {
  server.get('/sim/corps', () => ({ corps: [...world.wecom.corps.values()].map(view) }));
  const body = { type: 'object', required: ['corpid', 'secret', 'employees'], properties };
  server.post<{ Body: CorpBody }>('/sim/corps', { schema: { body } }, (req) => view(change(world, world.wecom.corp(req.body.corpid), req.body)));
  server.patch<At & { Body: Partial<CorpBody> }>('/sim/corps/:corpid', { schema: { body: { type: 'object', properties } } }, (req) =>
    view(change(world, corpOr404(world, req.params.corpid), req.body)),
  );
  server.delete<At>('/sim/corps/:corpid', (req) => ({ removed: world.wecom.removeCorp(req.params.corpid) }));
  server.post<At & { Body: { agentid?: number } }>('/sim/corps/:corpid/verify', (req) => verify(corpOr404(world, req.params.corpid), req.body.agentid));
  server.get<At>('/sim/corps/:corpid/stats', (req) => statsOf(corpOr404(world, req.params.corpid)));
  server.post<At & { Body: Record<string, string> & { changeType: string } }>(
    '/sim/corps/:corpid/acquisition',
    { schema: { body: { type: 'object', required: ['changeType'], properties: { changeType: text } } } },
    (req) => {
      const { changeType, ...fields } = req.body;
      void pushToCorp(world, corpOr404(world, req.params.corpid), { kind: 'contact', event: 'customer_acquisition', fields: () => ({ ChangeType: changeType, ...fields }) });
      return { pushed: changeType };
    },
  );
}

function change(world: World, corp: Corp, body: Partial<CorpBody>): Corp {
  const { data } = corp;
  if (body.name !== undefined) data.name = body.name;
  Object.assign(data.settings, body.settings);
  const main = data.apps.find((app) => app.suiteId === undefined);
  if (body.secret !== undefined || main) putApp(world, corp, { ...body, agentid: body.agentid ?? main?.agentid ?? 1_000_002 });
  for (const app of body.apps ?? []) putApp(world, corp, app);
  for (const one of body.employees ?? []) putEmployee(corp, one);
  corp.knowAll();
  return corp;
}

function putEmployee({ data }: Corp, { userid, name, canContact }: Partial<Employee> & { userid: string }): void {
  const known = data.employees.get(userid);
  data.employees.set(userid, { userid, name: name ?? known?.name ?? userid, canContact: canContact ?? known?.canContact ?? true });
}

/** Adds an app, or changes the one with the same agentid. A new secret ends the corp's tokens. */
function putApp(world: World, corp: Corp, body: AppBody): void {
  const known = corp.data.apps.find((one) => one.agentid === body.agentid);
  const defaults: CorpApp = { agentid: 0, secret: '', callbackUrl: '', token: '', aesKey: '', events: ['contact', 'kf'], range: null };
  const given = Object.fromEntries(Object.entries(body).filter(([key, value]) => key in appProperties && value !== undefined));
  const app: CorpApp = { ...defaults, ...known, ...given };
  checkAddress(app);
  if (known && known.secret !== app.secret) world.wecom.endTokens(corp.corpid);
  if (known) Object.assign(known, app);
  else corp.data.apps.push(app);
}

export function checkAddress({ callbackUrl, aesKey }: Pick<CorpApp, 'callbackUrl' | 'aesKey'>): void {
  if (callbackUrl === '') return;
  if (!URL.canParse(callbackUrl)) throw new ControlError(400, 'callbackUrl is not an address');
  if (!/^[A-Za-z0-9]{43}$/.test(aesKey)) throw new ControlError(400, 'aesKey must be 43 letters or digits');
}

/** Checks a callback address as the console does when it is saved. */
async function verify(corp: Corp, agentid: number | undefined): Promise<object> {
  const app = corp.data.apps.find((one) => agentid === undefined || one.agentid === agentid);
  if (!app?.callbackUrl) throw new ControlError(400, 'callbackUrl is not set');
  const { url, expected } = verification({ ...app, receiver: corp.corpid });
  try {
    const response = await request(url, { signal: AbortSignal.timeout(5000) });
    const answer = await response.body.text();
    return { ok: response.statusCode === 200 && answer === expected, status: response.statusCode, answer: answer.slice(0, 200) };
  } catch (error) {
    return { ok: false, status: 0, answer: error instanceof Error ? error.message : String(error) };
  }
}

function statsOf(corp: Corp): object {
  const { calls, refusals, callbacks } = corp.stats;
  let mostMass = 0;
  for (const times of corp.data.massTimes.values()) {
    const days = new Map<number, number>();
    for (const time of times) {
      const day = Math.floor((time + 8 * 3600_000) / 86_400_000);
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    mostMass = Math.max(mostMass, ...days.values());
  }
  return { calls, refusals, callbacks, received: corp.data.received, mostMass };
}

/** A corp as the control interface shows it; secrets stay inside. */
function view(corp: Corp): object {
  const { name, settings, apps, employees, kf } = corp.data;
  return {
    corpid: corp.corpid,
    name,
    settings,
    apps: apps.map(({ secret: _secret, token: _token, aesKey: _aesKey, ...shown }) => shown),
    employees: [...employees.values()].map((one) => ({ ...one, contacts: corp.contactsOf(one.userid).length })),
    kf: [...kf.values()].filter((one) => !one.deleted).map(({ openKfid, name: kfName }) => ({ openKfid, name: kfName })),
  };
}

