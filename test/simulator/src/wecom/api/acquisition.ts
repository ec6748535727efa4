import type { FastifyInstance } from 'fastify';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { isRelated, ownerOf, type AcquisitionLink } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { linkUrl } from '../scan.ts';
import { addCall, addWecomRoute, type WecomCall } from './call.ts';
import { memberError } from './contacts.ts';
import { numberOf, objectOf, pageOf, seconds, textOf, textsOf } from './fields.ts';

/** Customer-acquisition links: an app sees only those it made. */
export function addAcquisitionRoutes(server: FastifyInstance, world: World): void {
  const at = (path: string, handle: (call: WecomCall) => object) => addCall(server, world, `externalcontact/customer_acquisition/${path}`, handle);
  at('list_link', list);
  at('get', get);
  at('create_link', create);
  at('update_link', update);
  at('delete_link', remove);
  at('customer', customers);
  addWecomRoute(server, world, { method: 'GET', path: '/cgi-bin/externalcontact/customer_acquisition_quota', auth: 'token', handle: quota });
}

function ownLink({ corp, app, body }: WecomCall): AcquisitionLink | null {
  const link = corp.data.links.get(textOf(body, 'link_id'));
  return link && link.owner === ownerOf(app) ? link : null;
}

/** The members of a range, or the errcode of what is wrong with it. */
function usersOf({ corp, app, body }: WecomCall): string[] | number {
  const users = textsOf(objectOf(body, 'range'), 'user_list');
  if (users.length === 0 || users.length > 500) return 40058;
  return users.map((userid) => memberError(corp, app, userid)).find((code) => code !== 0) ?? users;
}

function create(call: WecomCall): object {
  const { corp, app, body, now, base } = call;
  const name = textOf(body, 'link_name');
  if (name === '' || [...name].length > 30) return refuse(40058, 'link_name');
  const users = usersOf(call);
  if (typeof users === 'number') return refuse(users);
  const link: AcquisitionLink = { linkId: corp.id('caw'), owner: ownerOf(app), name, skipVerify: body['skip_verify'] !== false, users, createdAt: now, next: 0 };
  corp.data.links.set(link.linkId, link);
  return ok({ link: { link_id: link.linkId, link_name: name, url: linkUrl(base, link.linkId), create_time: seconds(now) } });
}

function get(call: WecomCall): object {
  const link = ownLink(call);
  if (!link) return refuse(40058, 'link_id');
  return ok({
    link: { link_id: link.linkId, link_name: link.name, url: linkUrl(call.base, link.linkId), create_time: seconds(link.createdAt), skip_verify: link.skipVerify },
    range: { user_list: link.users, department_list: [] },
  });
}

function list({ corp, app, body }: WecomCall): object {
  const own = [...corp.data.links.values()].filter((one) => one.owner === ownerOf(app));
  const page = pageOf(own, textOf(body, 'cursor'), Math.min(numberOf(body, 'limit', 100), 100));
  return page ? ok({ link_id_list: page.rows.map((one) => one.linkId), next_cursor: page.next_cursor }) : refuse(40058, 'cursor');
}

function update(call: WecomCall): object {
  const link = ownLink(call);
  if (!link) return refuse(40058, 'link_id');
  if ('range' in call.body) {
    const users = usersOf(call);
    if (typeof users === 'number') return refuse(users);
    link.users = users;
  }
  if ('link_name' in call.body) link.name = textOf(call.body, 'link_name');
  if ('skip_verify' in call.body) link.skipVerify = call.body['skip_verify'] !== false;
  return ok();
}

function remove(call: WecomCall): object {
  const link = ownLink(call);
  if (!link) return refuse(40058, 'link_id');
  call.corp.data.links.delete(link.linkId);
  return ok();
}

function customers(call: WecomCall): object {
  const { corp, app, body } = call;
  const link = ownLink(call);
  if (!link) return refuse(40058, 'link_id');
  const all = [...corp.data.contacts.values()].flatMap((people) => [...people.values()]).filter((one) => one.linkId === link.linkId && isRelated(one));
  const page = pageOf(all, textOf(body, 'cursor'), Math.min(numberOf(body, 'limit', 1000), 1000));
  if (!page) return refuse(40058, 'cursor');
  const customer_list = page.rows.map((one) => ({ external_userid: externalIdOf(corp.corpid, app, one.person), userid: one.userid, chat_status: one.talked ? 1 : 0, state: one.channel }));
  return ok({ customer_list, next_cursor: page.next_cursor });
}

function quota({ corp, now }: WecomCall): object {
  const balance = corp.data.settings.acquisitionBalance;
  return ok({ total: balance, balance, quota_list: [{ expire_date: seconds(now) + 365 * 86_400, balance }] });
}
