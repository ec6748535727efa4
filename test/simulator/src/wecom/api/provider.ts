import type { FastifyInstance } from 'fastify';
import { randomText } from '../../ids.ts';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import type { Corp } from '../corp.ts';
import type { Suite } from '../suite.ts';
import { addWecomRoute, type OpenCall, type SuiteCall } from './call.ts';
import { textOf, textsOf } from './fields.ts';

const CODE_SECONDS = 864_000;

/** A service provider: from ticket to suite token, from auth code to permanent code. */
export function addProviderRoutes(server: FastifyInstance, world: World): void {
  addWecomRoute(server, world, { method: 'POST', path: '/cgi-bin/service/get_suite_token', auth: 'open', handle: suiteToken });
  addWecomRoute(server, world, { method: 'POST', path: '/cgi-bin/service/get_provider_token', auth: 'open', handle: providerToken });
  addWecomRoute(server, world, { method: 'POST', path: '/cgi-bin/service/get_customized_auth_url', auth: 'open', handle: codeAddress });
  const suite = { method: 'POST', auth: 'suite' } as const;
  addWecomRoute(server, world, { ...suite, path: '/cgi-bin/service/v2/get_permanent_code', handle: permanentCode });
  addWecomRoute(server, world, { ...suite, path: '/cgi-bin/service/get_permanent_code', handle: permanentCodeWithToken });
  addWecomRoute(server, world, { ...suite, path: '/cgi-bin/service/get_corp_token', handle: corpToken });
  addWecomRoute(server, world, { ...suite, path: '/cgi-bin/service/get_auth_info', handle: authInfo });
}

function suiteToken({ world, body, now }: OpenCall): object {
  const suite = world.wecom.suites.get(textOf(body, 'suite_id'));
  if (!suite) return refuse(40083);
  if (textOf(body, 'suite_secret') !== suite.settings.suiteSecret) return refuse(40080);
  if ((suite.tickets.get(textOf(body, 'suite_ticket')) ?? 0) < now) return refuse(40085);
  const token = world.wecom.tokenOfSuite(suite, now);
  return ok({ suite_access_token: token.value, expires_in: 7200 });
}

function providerToken({ world, body, now }: OpenCall): object {
  const corpid = textOf(body, 'corpid');
  const suite = [...world.wecom.suites.values()].find((one) => one.settings.providerCorpid === corpid && corpid !== '');
  if (!suite) return refuse(40013);
  if (textOf(body, 'provider_secret') !== suite.settings.providerSecret) return refuse(40001);
  const token = world.wecom.tokenOfProvider(corpid, now);
  return ok({ provider_access_token: token.value, expires_in: 7200 });
}

/** The address that a merchant's admin scans; its state comes back with the authorisation. */
function codeAddress({ world, query, body, now, base }: OpenCall): object {
  const owner = world.wecom.owner(query['provider_access_token']);
  if (owner?.kind !== 'provider') return refuse(40014);
  if (owner.endsAt <= now) return refuse(42001);
  const [suiteId = ''] = textsOf(body, 'templateid_list');
  const state = textOf(body, 'state');
  if (world.wecom.suites.get(suiteId)?.settings.providerCorpid !== owner.corpid) return refuse(40083);
  if (!/^[a-zA-Z0-9]{0,32}$/.test(state)) return refuse(40058, 'state');
  return ok({ qrcode_url: `${base}/sim/wecom/install/${suiteId}?${new URLSearchParams({ state })}`, expires_in: CODE_SECONDS });
}

/** The corp of a one-time auth code, with the permanent code it now has. */
function exchange({ world, suite, body, now }: SuiteCall): { corp: Corp; code: string; state: object } | number {
  const authCode = textOf(body, 'auth_code');
  const entry = suite.authCodes.get(authCode);
  const corp = world.wecom.corps.get(entry?.corpid ?? '');
  const install = suite.installs.get(entry?.corpid ?? '');
  if (!entry || entry.endsAt < now || !corp || !install) return 40029;
  suite.authCodes.delete(authCode);
  install.permanentCode ||= randomText(43);
  const app = corp.data.apps.find((one) => one.agentid === install.agentid);
  // For a provider-developed app the permanent code is the app's secret as well.
  if (app && suite.settings.kind === 'provider_developed') app.secret = install.permanentCode;
  return { corp, code: install.permanentCode, state: entry.state === '' ? {} : { state: entry.state } };
}

function permanentCode(call: SuiteCall): object {
  const found = exchange(call);
  if (typeof found === 'number') return refuse(found);
  return { permanent_code: found.code, ...authorisation(found.corp, call.suite), ...found.state };
}

/** The older form also answers a corp token. */
function permanentCodeWithToken(call: SuiteCall): object {
  const found = exchange(call);
  if (typeof found === 'number') return refuse(found);
  return { ...tokenOf(call, found.corp), permanent_code: found.code, ...authorisation(found.corp, call.suite), ...found.state };
}

function corpToken(call: SuiteCall): object {
  const corp = installed(call);
  return typeof corp === 'number' ? refuse(corp) : tokenOf(call, corp);
}

function authInfo(call: SuiteCall): object {
  const corp = installed(call);
  return typeof corp === 'number' ? refuse(corp) : ok(authorisation(corp, call.suite));
}

function installed({ world, suite, body }: SuiteCall): Corp | number {
  const install = suite.installs.get(textOf(body, 'auth_corpid'));
  const corp = world.wecom.corps.get(textOf(body, 'auth_corpid'));
  if (!install || !corp) return 48004;
  return install.permanentCode !== '' && install.permanentCode === textOf(body, 'permanent_code') ? corp : 40084;
}

function tokenOf({ world, suite, now }: SuiteCall, corp: Corp): { access_token: string; expires_in: number } {
  const app = corp.data.apps.find((one) => one.suiteId === suite.settings.suiteId);
  if (!app) throw new Error(`suite ${suite.settings.suiteId} has no app in ${corp.corpid}`);
  const token = world.wecom.tokenOfApp(corp, app, now);
  return { access_token: token.value, expires_in: Math.ceil((token.endsAt - now) / 1000) };
}

function authorisation(corp: Corp, suite: Suite): object {
  const install = suite.installs.get(corp.corpid);
  return {
    auth_corp_info: { corpid: corp.corpid, corp_name: corp.data.name, corp_full_name: corp.data.name },
    auth_info: { agent: [{ agentid: install?.agentid ?? 0, name: suite.settings.suiteId }] },
    auth_user_info: { userid: [...corp.data.employees.keys()][0] ?? '' },
  };
}
