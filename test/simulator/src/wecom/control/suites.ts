import type { FastifyInstance } from 'fastify';
import { ControlError } from '../../control/control-error.ts';
import { randomText } from '../../ids.ts';
import type { World } from '../../world.ts';
import type { Corp, CorpApp } from '../corp.ts';
import { pushToSuite } from '../pushes.ts';
import type { Suite, SuiteSettings } from '../suite.ts';
import { checkAddress } from './corps.ts';
import { corpOr404 } from './found.ts';

interface At {
  Params: { suiteId: string };
}

interface InstallBody {
  corpid: string;
  agentid?: number;
  callbackUrl?: string;
  token?: string;
  aesKey?: string;
  state?: string;
  /** The scanned address, which carries the state. */
  url?: string;
}

const TICKET_MS = 30 * 60_000;
const AUTH_CODE_MS = 20 * 60_000;
const text = { type: 'string' };
const corpBody = { type: 'object', required: ['corpid'], properties: { corpid: text } };

/** Service providers, and what a corp's admin does with their apps. */
export function addSuiteControl(server: FastifyInstance, world: World): void {
  const properties = { suiteId: text, suiteSecret: text, commandUrl: text, token: text, aesKey: text, kind: { enum: ['provider_developed', 'third_party'] }, providerCorpid: text, providerSecret: text };
  const required = ['suiteId', 'suiteSecret', 'commandUrl', 'token', 'aesKey'];
  server.post<{ Body: Omit<SuiteSettings, 'kind'> & { kind?: SuiteSettings['kind'] } }>('/sim/suites', { schema: { body: { type: 'object', required, properties } } }, (req) => {
    checkAddress({ callbackUrl: req.body.commandUrl, aesKey: req.body.aesKey });
    return view(world.wecom.putSuite({ kind: 'provider_developed', ...req.body }));
  });
  server.get('/sim/suites', () => ({ suites: [...world.wecom.suites.values()].map(view) }));
  server.post<At>('/sim/suites/:suiteId/ticket', (req) => {
    const suite = suiteOr404(world, req.params.suiteId);
    const ticket = randomText(64);
    suite.tickets.set(ticket, world.clock.now() + TICKET_MS);
    void pushToSuite(world, suite, 'suite_ticket', { SuiteTicket: ticket });
    return { ticket };
  });
  addInstalling(server, world);
}

function addInstalling(server: FastifyInstance, world: World): void {
  const install = { type: 'object', required: ['corpid'], properties: { corpid: text, agentid: { type: 'integer' }, callbackUrl: text, token: text, aesKey: text, state: text, url: text } };
  server.post<At & { Body: InstallBody }>('/sim/suites/:suiteId/authorise', { schema: { body: install } }, (req) => {
    const suite = suiteOr404(world, req.params.suiteId);
    const corp = corpOr404(world, req.body.corpid);
    const agentid = installApp(suite, corp, req.body);
    suite.installs.set(corp.corpid, { permanentCode: suite.installs.get(corp.corpid)?.permanentCode ?? '', agentid });
    const state = stateOf(req.body);
    const authCode = randomText(64);
    suite.authCodes.set(authCode, { corpid: corp.corpid, state, endsAt: world.clock.now() + AUTH_CODE_MS });
    void pushToSuite(world, suite, 'create_auth', { AuthCode: authCode, ...(state === '' ? {} : { State: state }) });
    return { authCode, agentid };
  });
  server.post<At & { Body: { corpid: string } }>('/sim/suites/:suiteId/change', { schema: { body: corpBody } }, (req) => {
    void pushToSuite(world, suiteOr404(world, req.params.suiteId), 'change_auth', { AuthCorpId: req.body.corpid });
    return { pushed: true };
  });
  server.post<At & { Body: { corpid: string } }>('/sim/suites/:suiteId/cancel', { schema: { body: corpBody } }, (req) => {
    const suite = suiteOr404(world, req.params.suiteId);
    const corp = corpOr404(world, req.body.corpid);
    suite.installs.delete(corp.corpid);
    corp.data.apps = corp.data.apps.filter((app) => app.suiteId !== suite.settings.suiteId);
    void pushToSuite(world, suite, 'cancel_auth', { AuthCorpId: corp.corpid });
    return { cancelled: true };
  });
}

/** Puts the provider's app into the corp; it may not fetch tokens before its permanent code was fetched. */
function installApp(suite: Suite, corp: Corp, body: InstallBody): number {
  const { suiteId, token, aesKey } = suite.settings;
  const known = corp.data.apps.find((app) => app.suiteId === suiteId);
  const fresh: CorpApp = { agentid: 1_000_100 + corp.data.apps.length, secret: randomText(43), callbackUrl: '', token, aesKey, events: ['contact', 'kf'], range: null, suiteId };
  const { corpid: _corpid, state: _state, url: _url, ...given } = body;
  const app: CorpApp = { ...fresh, ...known, ...given };
  checkAddress(app);
  if (known) Object.assign(known, app);
  else corp.data.apps.push(app);
  corp.knowAll();
  return app.agentid;
}

function stateOf({ state, url }: InstallBody): string {
  return state ?? (url === undefined ? '' : (new URL(url, 'http://code').searchParams.get('state') ?? ''));
}

function suiteOr404(world: World, suiteId: string): Suite {
  const suite = world.wecom.suites.get(suiteId);
  if (!suite) throw new ControlError(404, `no suite ${suiteId}`);
  return suite;
}

function view({ settings, installs }: Suite): object {
  const { suiteSecret: _secret, providerSecret: _providerSecret, token: _token, aesKey: _aesKey, ...shown } = settings;
  return { ...shown, installs: [...installs].map(([corpid, { agentid }]) => ({ corpid, agentid })) };
}
