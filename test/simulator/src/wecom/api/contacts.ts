import type { FastifyInstance } from 'fastify';
import { openidOf } from '../../ids.ts';
import type { World } from '../../world.ts';
import { ok, refuse } from '../codes.ts';
import { isRelated, type Contact, type Corp, type CorpApp } from '../corp.ts';
import { externalIdOf, pendingIdOf } from '../external-id.ts';
import { addCall, addWecomRoute, type WecomCall } from './call.ts';
import { numberOf, pageOf, seconds, textOf, textsOf, type Page } from './fields.ts';

const FOLLOWERS_PER_PAGE = 500;

/** Members with the feature, their contacts, remarks and the ways between ids. */
export function addContactRoutes(server: FastifyInstance, world: World): void {
  const get = (path: string, handle: (call: WecomCall) => object) => addWecomRoute(server, world, { method: 'GET', path: `/cgi-bin/externalcontact/${path}`, auth: 'token', handle });
  get('get_follow_user_list', ({ corp, app }) => ok({ follow_user: membersOf(corp, app) }));
  get('list', listContacts);
  get('get', getContact);
  addCall(server, world, 'externalcontact/batch/get_by_user', batchByUser);
  addCall(server, world, 'externalcontact/remark', remark);
  addCall(server, world, 'externalcontact/unionid_to_external_userid', unionToExternal);
  addCall(server, world, 'externalcontact/convert_to_openid', toOpenid);
  addCall(server, world, 'externalcontact/from_service_external_userid', fromService);
  addCall(server, world, 'idconvert/unionid_to_external_userid', unionToPending);
  addCall(server, world, 'idconvert/batch/external_userid_to_pending_id', externalToPending);
}

/** Members with the customer-contact feature that the app may see. */
export function membersOf(corp: Corp, app: CorpApp): string[] {
  return [...corp.data.employees.values()].filter((one) => one.canContact && inRange(app, one.userid)).map((one) => one.userid);
}

export function inRange(app: CorpApp, userid: string): boolean {
  return app.range === null || app.range.includes(userid);
}

/** What is wrong with a member, as an errcode; 0 when nothing is. */
export function memberError(corp: Corp, app: CorpApp, userid: string): number {
  const employee = corp.data.employees.get(userid);
  if (!employee) return 60111;
  if (!inRange(app, userid)) return 60030;
  return employee.canContact ? 0 : 41054;
}

function listContacts({ corp, app, query }: WecomCall): object {
  const userid = query['userid'] ?? '';
  const wrong = memberError(corp, app, userid);
  if (wrong !== 0) return refuse(wrong);
  const related = corp.contactsOf(userid).filter(isRelated);
  return ok({ external_userid: related.map((one) => externalIdOf(corp.corpid, app, one.person)) });
}

function getContact({ world, corp, app, query }: WecomCall): object {
  const person = corp.people.get(query['external_userid'] ?? '');
  if (person === undefined) return refuse(40096);
  const related = corp.followersOf(person).filter((one) => isRelated(one) && inRange(app, one.userid));
  if (related.length === 0) return refuse(84061);
  const page = pageOf(related, query['cursor'] ?? '', FOLLOWERS_PER_PAGE);
  if (!page) return refuse(40035, 'cursor');
  const follow_user = page.rows.map((one) => ({ ...relationView(corp, one, app), tags: tagViews(corp, one) }));
  return ok({ external_contact: personView(world, corp, app, person), follow_user, next_cursor: page.next_cursor });
}

function batchByUser({ world, corp, app, body }: WecomCall): object {
  const users = textsOf(body, 'userid_list');
  if (users.length === 0 || users.length > 100) return refuse(40032);
  const wrong = users.map((userid) => memberError(corp, app, userid)).find((code) => code !== 0);
  if (wrong !== undefined) return refuse(wrong);
  const page = walk(corp, users, textOf(body, 'cursor'), Math.min(numberOf(body, 'limit', 50), 100));
  if (!page) return refuse(50100);
  const external_contact_list = page.rows.map((one) => ({
    external_contact: personView(world, corp, app, one.person),
    follow_info: { ...relationView(corp, one, app), tag_id: one.tags },
  }));
  return ok({ external_contact_list, next_cursor: page.next_cursor });
}

/** One page over the contacts of several members. It goes on where the cursor says, without looking at all again. */
function walk(corp: Corp, users: string[], cursor: string, limit: number): Page<Contact> | null {
  const place = /^w(\d+)-(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (cursor !== '' && !place) return null;
  const [, from = '0', at = '0'] = place ?? [];
  const rows: Contact[] = [];
  for (let user = Number(from); user < users.length; user += 1) {
    const list = corp.contactsOf(users[user] ?? '');
    for (let index = user === Number(from) ? Number(at) : 0; index < list.length; index += 1) {
      if (rows.length === limit) return { rows, next_cursor: Buffer.from(`w${user}-${index}`).toString('base64url') };
      const contact = list[index];
      if (isRelated(contact)) rows.push(contact);
    }
  }
  return { rows, next_cursor: '' };
}

/** What the corp may know of a person. A provider's app learns neither picture nor unionid. */
function personView(world: World, corp: Corp, app: CorpApp, person: string): object {
  const { name = person, unionid = '' } = world.people.get(person) ?? {};
  const provided = app.suiteId !== undefined;
  return {
    external_userid: externalIdOf(corp.corpid, app, person),
    name,
    type: 1,
    gender: 0,
    ...(provided ? {} : { avatar: '' }),
    ...(!provided && corp.data.settings.developerBound ? { unionid } : {}),
  };
}

function relationView(corp: Corp, contact: Contact, app: CorpApp): object {
  return {
    userid: contact.userid,
    remark: contact.remark,
    description: contact.description,
    createtime: seconds(contact.since),
    remark_corp_name: contact.company,
    remark_mobiles: app.suiteId === undefined ? contact.mobiles : [],
    oper_userid: contact.addWay === 202 ? contact.userid : externalIdOf(corp.corpid, app, contact.person),
    add_way: contact.addWay,
    ...(contact.channel === '' ? {} : { state: contact.channel }),
  };
}

function tagViews(corp: Corp, contact: Contact): object[] {
  return corp.data.tagGroups.flatMap((group) =>
    group.tags.filter((tag) => contact.tags.includes(tag.id)).map((tag) => ({ group_name: group.name, tag_name: tag.name, tag_id: tag.id, type: 1 })),
  );
}

function remark({ corp, body }: WecomCall): object {
  const person = corp.people.get(textOf(body, 'external_userid'));
  const contact = person === undefined ? undefined : corp.contact(textOf(body, 'userid'), person);
  if (!isRelated(contact) || contact.state === 'half') return refuse(84061);
  const fields = { remark: 20, description: 150, remark_company: 20 };
  for (const [name, max] of Object.entries(fields)) if ([...textOf(body, name)].length > max) return refuse(40035, name);
  if (!Object.keys(fields).some((name) => name in body) && !('remark_mobiles' in body)) return refuse(40035);
  if ('remark' in body) contact.remark = textOf(body, 'remark');
  if ('description' in body) contact.description = textOf(body, 'description');
  if ('remark_company' in body) contact.company = textOf(body, 'remark_company');
  if ('remark_mobiles' in body) contact.mobiles = textsOf(body, 'remark_mobiles').filter((one) => one !== '');
  return ok();
}

/** The person of a unionid and openid that belong together, in one of the simulator's programs. */
function personOfUnion({ world, body }: WecomCall): string | undefined {
  const unionid = textOf(body, 'unionid');
  const person = [...world.people.values()].find((one) => one.unionid === unionid);
  const openid = textOf(body, 'openid');
  if (!person || openid === '') return undefined;
  return [...world.apps.keys()].some((appid) => openidOf(appid, person.id) === openid) ? person.id : undefined;
}

function isKnownContact({ corp, app }: WecomCall, person: string): boolean {
  return corp.followersOf(person).some((one) => isRelated(one) && inRange(app, one.userid));
}

function unionToExternal(call: WecomCall): object {
  const { corp, app } = call;
  if (app.suiteId === undefined) return refuse(48002);
  if (!corp.data.settings.developerBound) return refuse(41057);
  const person = personOfUnion(call);
  if (person === undefined) return refuse(610014);
  return isKnownContact(call, person) ? ok({ external_userid: externalIdOf(corp.corpid, app, person) }) : refuse(84061);
}

function unionToPending(call: WecomCall): object {
  const { corp, app } = call;
  if (app.suiteId === undefined) return refuse(48002);
  const person = personOfUnion(call);
  if (person === undefined) return refuse(610014);
  if (isKnownContact(call, person)) return ok({ external_userid: externalIdOf(corp.corpid, app, person), pending_id: '' });
  return ok({ external_userid: '', pending_id: pendingIdOf(corp.corpid, app.suiteId, person) });
}

function externalToPending({ corp, app, body }: WecomCall): object {
  if (app.suiteId === undefined) return refuse(48002);
  const ids = textsOf(body, 'external_userid');
  if (ids.length === 0 || ids.length > 100) return refuse(40032);
  const result = ids.flatMap((external_userid) => {
    const person = corp.people.get(external_userid);
    return person === undefined ? [] : [{ external_userid, pending_id: pendingIdOf(corp.corpid, app.suiteId ?? '', person) }];
  });
  return ok({ result });
}

/** The id a provider's app knows becomes the one the corp's own app knows. */
function fromService({ corp, app, body }: WecomCall): object {
  if (app.suiteId !== undefined) return refuse(48002);
  const source = corp.data.apps.find((one) => one.agentid === numberOf(body, 'source_agentid', 0) && one.suiteId !== undefined);
  if (!source) return refuse(40056);
  const id = textOf(body, 'external_userid');
  const person = corp.people.get(id);
  if (person === undefined || externalIdOf(corp.corpid, source, person) !== id) return refuse(40096);
  return ok({ external_userid: externalIdOf(corp.corpid, app, person) });
}

function toOpenid({ corp, app, body }: WecomCall): object {
  const person = corp.people.get(textOf(body, 'external_userid'));
  if (app.suiteId !== undefined) return refuse(48002);
  return person === undefined ? refuse(40096) : ok({ openid: openidOf(corp.corpid, person) });
}
