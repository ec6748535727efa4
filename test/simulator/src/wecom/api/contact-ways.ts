import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { ownerOf, type ContactWay, type Corp, type CorpApp } from '../corp.ts';
import { codeUrl } from '../scan.ts';
import { addCall, type Fields, type WecomCall } from './call.ts';
import { memberError } from './contacts.ts';
import { numberOf, pageOf, seconds, textOf, textsOf } from './fields.ts';

const NINETY_DAYS = 90 * 86_400;
const kept = ['type', 'scene', 'style', 'remark', 'skip_verify', 'state', 'user', 'party', 'is_temp', 'expires_in', 'chat_expires_in', 'unionid', 'is_exclusive', 'conclusions'];

/** Live codes, "contact me". */
export function addContactWayRoutes(server: FastifyInstance, world: World): void {
  addCall(server, world, 'externalcontact/add_contact_way', add);
  addCall(server, world, 'externalcontact/get_contact_way', get);
  addCall(server, world, 'externalcontact/list_contact_way', list);
  addCall(server, world, 'externalcontact/update_contact_way', update);
  addCall(server, world, 'externalcontact/del_contact_way', remove);
}

function add({ corp, app, body, now, base }: WecomCall): object {
  const wrong = fieldError(corp, app, body) || (![1, 2].includes(Number(body['scene'])) ? 41037 : 0);
  if (wrong !== 0) return refuse(wrong);
  const configId = corp.id('cw');
  const scene = Number(body['scene']);
  const way: ContactWay = {
    configId,
    owner: ownerOf(app),
    type: Number(body['type']),
    scene,
    createdAt: now,
    fields: Object.fromEntries(Object.entries({ skip_verify: true, ...body }).filter(([key]) => kept.includes(key))),
    users: textsOf(body, 'user'),
    next: 0,
  };
  corp.data.ways.set(configId, way);
  return ok({ config_id: configId, ...(scene === 2 ? { qr_code: codeUrl(base, configId) } : {}) });
}

/** What is wrong with the fields of a new or changed live code. */
function fieldError(corp: Corp, app: CorpApp, body: Fields): number {
  const users = textsOf(body, 'user');
  if (![1, 2].includes(Number(body['type']))) return 41035;
  if (Number(body['type']) === 1 && users.length !== 1) return 40058;
  if (users.length === 0) return 40058;
  if (users.length > 100) return 41041;
  if ([...textOf(body, 'state')].length > 30 || [...textOf(body, 'remark')].length > 30) return 40058;
  return users.map((userid) => memberError(corp, app, userid)).find((code) => code !== 0) ?? 0;
}

function ownWay({ corp, app, body }: WecomCall): ContactWay | null {
  const way = corp.data.ways.get(textOf(body, 'config_id'));
  return way && way.owner === ownerOf(app) ? way : null;
}

function get(call: WecomCall): object {
  const way = ownWay(call);
  if (!way) return refuse(41044);
  const qr = way.scene === 2 ? { qr_code: codeUrl(call.base, way.configId) } : {};
  return ok({ contact_way: { config_id: way.configId, ...way.fields, user: way.users, ...qr } });
}

function list({ corp, app, body, now }: WecomCall): object {
  const end = numberOf(body, 'end_time', seconds(now));
  const start = numberOf(body, 'start_time', end - NINETY_DAYS);
  const own = [...corp.data.ways.values()].filter((one) => one.owner === ownerOf(app) && seconds(one.createdAt) >= start && seconds(one.createdAt) <= end && one.fields['is_temp'] !== true);
  const page = pageOf(own, textOf(body, 'cursor'), Math.min(numberOf(body, 'limit', 100), 1000));
  if (!page) return refuse(40058, 'cursor');
  return ok({ contact_way: page.rows.map((one) => ({ config_id: one.configId })), next_cursor: page.next_cursor });
}

function update(call: WecomCall): object {
  const way = ownWay(call);
  if (!way) return refuse(41044);
  const { type: _type, scene: _scene, config_id: _id, ...changes } = call.body;
  const merged: Fields = { ...way.fields, user: way.users, ...changes };
  const wrong = fieldError(call.corp, call.app, merged);
  if (wrong !== 0) return refuse(wrong);
  way.fields = Object.fromEntries(Object.entries(merged).filter(([key]) => kept.includes(key)));
  way.users = textsOf(merged, 'user');
  return ok();
}

function remove(call: WecomCall): object {
  const way = ownWay(call);
  if (!way) return refuse(41044);
  call.corp.data.ways.delete(way.configId);
  return ok();
}
