import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { externalIdOf } from '../external-id.ts';
import { KF_WINDOW_MS, makeKfAccount } from '../kf-book.ts';
import type { KfAccount } from '../kf-state.ts';
import { addCall, addWecomRoute, type WecomCall } from './call.ts';
import { numberOf, textOf, textsOf } from './fields.ts';

const SCENE = /^[0-9a-zA-Z_-]{0,32}$/;

/** Accounts of WeChat Customer Service, their links, servicers and visitors. */
export function addKfAccountRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'kf/account/add', add);
  addCall(server, world, 'kf/account/update', update);
  addCall(server, world, 'kf/account/del', remove);
  addCall(server, world, 'kf/account/list', list);
  addCall(server, world, 'kf/add_contact_way', link);
  addCall(server, world, 'kf/servicer/add', (call) => changeServicers(call, (now, given) => [...new Set([...now, ...given])]));
  addCall(server, world, 'kf/servicer/del', (call) => changeServicers(call, (now, given) => now.filter((one) => !given.includes(one))));
  addWecomRoute(server, world, { method: 'GET', path: '/cgi-bin/kf/servicer/list', auth: 'token', handle: servicers });
  addCall(server, world, 'kf/customer/batchget', customers);
}

/** The account a call names, or the errcode. */
export function accountOf({ corp, body, query }: WecomCall): KfAccount | number {
  const id = textOf(body, 'open_kfid') || (query['open_kfid'] ?? '');
  if (id === '') return 95000;
  const account = corp.data.kf.get(id);
  return account && !account.deleted ? account : 95004;
}

function add({ corp, body }: WecomCall): object {
  const name = textOf(body, 'name');
  if (name === '' || [...name].length > 16) return refuse(95006);
  return ok({ open_kfid: makeKfAccount(corp, name).openKfid });
}

function update(call: WecomCall): object {
  const account = accountOf(call);
  if (typeof account === 'number') return refuse(account);
  const name = textOf(call.body, 'name');
  if ([...name].length > 16) return refuse(95006);
  if (name !== '') account.name = name;
  return ok();
}

function remove(call: WecomCall): object {
  const account = accountOf(call);
  if (typeof account === 'number') return refuse(account);
  account.deleted = true;
  return ok();
}

function list({ corp, body }: WecomCall): object {
  const offset = numberOf(body, 'offset', 0);
  const living = [...corp.data.kf.values()].filter((one) => !one.deleted).slice(offset, offset + Math.min(numberOf(body, 'limit', 100), 100));
  return ok({ account_list: living.map((one) => ({ open_kfid: one.openKfid, name: one.name, avatar: '', manage_privilege: true })) });
}

function link(call: WecomCall): object {
  const account = accountOf(call);
  if (typeof account === 'number') return refuse(account);
  const scene = textOf(call.body, 'scene');
  if (!SCENE.test(scene)) return refuse(40058, 'scene');
  return ok({ url: `${call.base}/sim/wecom/kf/${account.openKfid}${scene === '' ? '' : `?enc_scene=${scene}`}` });
}

function changeServicers(call: WecomCall, change: (now: string[], given: string[]) => string[]): object {
  const account = accountOf(call);
  if (typeof account === 'number') return refuse(account);
  const given = textsOf(call.body, 'userid_list');
  if (given.length === 0 || given.length > 100) return refuse(40032);
  const known = given.filter((userid) => call.corp.data.employees.has(userid));
  account.servicers = change(account.servicers, known);
  return ok({ result_list: given.map((userid) => ({ userid, ...(known.includes(userid) ? ok() : refuse(60111)) })) });
}

function servicers(call: WecomCall): object {
  const account = accountOf(call);
  if (typeof account === 'number') return refuse(account);
  return ok({ servicer_list: account.servicers.map((userid) => ({ userid, status: 0 })) });
}

/** Only people who entered or wrote within 48 hours are told about. */
function customers({ world, corp, app, body, now }: WecomCall): object {
  const ids = textsOf(body, 'external_userid_list');
  if (ids.length === 0 || ids.length > 100) return refuse(40032);
  const customer_list: object[] = [];
  const invalid_external_userid: string[] = [];
  for (const id of ids) {
    const person = world.people.get(corp.people.get(id) ?? '');
    const visitor = person && [...corp.data.kf.values()].map((one) => one.visitors.get(person.id)).find((one) => one && now - Math.max(one.lastWroteAt, one.lastEnteredAt) <= KF_WINDOW_MS);
    if (!person || !visitor || externalIdOf(corp.corpid, app, person.id) !== id) {
      invalid_external_userid.push(id);
      continue;
    }
    const told = corp.data.settings.developerBound && app.suiteId === undefined ? { unionid: person.unionid } : {};
    const context = body['need_enter_session_context'] === 1 ? { enter_session_context: visitor.context } : {};
    customer_list.push({ external_userid: id, nickname: person.name, avatar: '', gender: 0, ...told, ...context });
  }
  return ok({ customer_list, invalid_external_userid });
}
