import type { FastifyInstance } from 'fastify';
import { ControlError, personOr404 } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import { isRelated, type Corp } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { addContact, deleteByPerson, pushChatStart, type NewContact } from '../relations.ts';
import { scanned } from '../scan.ts';
import { contactOr404, corpOr404, employeeOr404 } from './found.ts';

interface Who {
  Params: { id: string };
}

interface AddBody {
  corpid: string;
  userid: string;
  state?: string;
  half?: boolean;
  addWay?: number;
}

const text = { type: 'string' };
const pair = { corpid: text, userid: text };

function body(properties: Record<string, object>, required = Object.keys(properties)): { schema: { body: object } } {
  return { schema: { body: { type: 'object', required, properties } } };
}

/** What a person does with the employees of a corp. */
export function addWecomPeopleControl(server: FastifyInstance, world: World): void {
  addAdding(server, world);
  addTalking(server, world);
}

function addAdding(server: FastifyInstance, world: World): void {
  const add = body({ ...pair, state: text, half: { type: 'boolean' }, addWay: { type: 'integer' } }, ['corpid', 'userid']);
  server.post<Who & { Body: AddBody }>('/sim/people/:id/add-contact', add, (req) => {
    const { corpid, userid, state, half, addWay } = req.body;
    const corp = corpOr404(world, corpid);
    const { id } = personOr404(world, req.params.id);
    return added(world, corp, { userid, person: id, channel: state ?? '', half: half ?? false, addWay: addWay ?? 1 });
  });
  server.post<Who & { Body: { url: string } }>('/sim/people/:id/scan-contact', body({ url: text }), (req) => {
    const { id } = personOr404(world, req.params.id);
    const found = scanned(world, req.body.url);
    if (!found) throw new ControlError(404, `no live code or link ${req.body.url}`);
    return added(world, found.corp, { ...found.contact, person: id });
  });
  const many = body({ ...pair, count: { type: 'integer', minimum: 1 }, people: { type: 'array', items: text }, state: text, events: { type: 'boolean' } }, ['corpid', 'userid']);
  server.post<{ Body: { corpid: string; userid: string; count?: number; people?: string[]; state?: string; events?: boolean } }>('/sim/contacts', many, (req) => {
    const corp = corpOr404(world, req.body.corpid);
    const { userid } = employeeOr404(corp, req.body.userid);
    const people = req.body.people?.map((id) => personOr404(world, id)) ?? world.addPeople(req.body.count ?? 1, 'p');
    for (const { id } of people) addContact(world, corp, { userid, person: id, channel: req.body.state ?? '', silent: req.body.events !== true });
    return { added: people.map(({ id }) => ({ id, externalUserid: idOf(corp, id) })) };
  });
}

function addTalking(server: FastifyInstance, world: World): void {
  server.post<Who & { Body: { corpid: string; userid: string } }>('/sim/people/:id/delete-contact', body(pair), (req) => {
    const corp = corpOr404(world, req.body.corpid);
    deleteByPerson(world, corp, contactOr404(world, corp, req.body.userid, req.params.id));
    return { deleted: true };
  });
  server.post<Who & { Body: { corpid: string; userid: string; text: string } }>('/sim/people/:id/say-contact', body({ ...pair, text: { type: 'string', minLength: 1 } }), (req) => {
    const corp = corpOr404(world, req.body.corpid);
    const contact = contactOr404(world, corp, req.body.userid, req.params.id);
    if (contact.state !== 'friend' && contact.state !== 'half') throw new ControlError(409, 'the two are not friends');
    const now = world.clock.now();
    if (contact.linkId !== undefined && !contact.talked) pushChatStart(world, corp, contact);
    contact.talked = true;
    contact.lastAt = now;
    corp.say(contact.userid, contact.person, { at: now, from: 'me', kind: 'text', text: req.body.text });
    return { externalUserid: idOf(corp, contact.person) };
  });
  server.get<Who>('/sim/people/:id/contacts', (req) => {
    const { id } = personOr404(world, req.params.id);
    return { contacts: [...world.wecom.corps.values()].flatMap((corp) => contactsShown(corp, id)) };
  });
  server.get<Who & { Querystring: { corpid?: string; userid?: string } }>('/sim/people/:id/contact-chat', (req) => {
    const corp = corpOr404(world, req.query.corpid);
    contactOr404(world, corp, req.query.userid ?? '', req.params.id);
    return { lines: corp.data.chats.get(`${req.query.userid ?? ''}|${req.params.id}`) ?? [] };
  });
}

function added(world: World, corp: Corp, input: NewContact): object {
  const employee = employeeOr404(corp, input.userid);
  if (!employee.canContact) throw new ControlError(409, `${employee.userid} has no customer-contact feature`);
  const { contact, welcomeCode } = addContact(world, corp, input);
  return { corpid: corp.corpid, userid: contact.userid, externalUserid: idOf(corp, contact.person), welcomeCode };
}

/** The id that the corp's own apps know the person by. */
function idOf(corp: Corp, person: string): string {
  return externalIdOf(corp.corpid, {}, person);
}

function contactsShown(corp: Corp, person: string): object[] {
  return corp
    .followersOf(person)
    .filter((one) => isRelated(one) && one.state !== 'one_way')
    .map((one) => ({
      corpid: corp.corpid,
      corpName: corp.data.name,
      userid: one.userid,
      name: corp.data.employees.get(one.userid)?.name ?? one.userid,
      half: one.state === 'half',
      last: corp.data.chats.get(`${one.userid}|${person}`)?.at(-1) ?? null,
    }));
}
