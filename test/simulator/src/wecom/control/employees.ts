import type { FastifyInstance } from 'fastify';
import { ControlError } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import { isRelated, type Contact, type Corp } from '../corp.ts';
import { acceptContact, deleteByEmployee, endTransfer, pushContactChange } from '../relations.ts';
import { contactOr404, corpOr404, employeeOr404 } from './found.ts';

interface At {
  Params: { corpid: string; userid: string };
}

interface EditBody {
  person: string;
  remark?: string;
  description?: string;
  mobiles?: string[];
  addTags?: string[];
  removeTags?: string[];
}

const text = { type: 'string' };
/** The newest contacts an employee's page shows. */
const SHOWN = 100;
const texts = { type: 'array', items: text };

function body(properties: Record<string, object> = {}, required: string[] = []): { schema: { body: object } } {
  return { schema: { body: { type: 'object', required: ['person', ...required], properties: { person: text, ...properties } } } };
}

/** What an employee does with a contact in his client. */
export function addEmployeeControl(server: FastifyInstance, world: World): void {
  const at = '/sim/corps/:corpid/employees/:userid';
  const found = (params: At['Params'], person: string): { corp: Corp; contact: Contact } => {
    const corp = corpOr404(world, params.corpid);
    employeeOr404(corp, params.userid);
    return { corp, contact: contactOr404(world, corp, params.userid, person) };
  };
  server.post<At & { Body: { person: string } }>(`${at}/accept`, body(), (req) => {
    const { corp, contact } = found(req.params, req.body.person);
    if (contact.state !== 'half') throw new ControlError(409, 'there is nothing to accept');
    return { welcomeCode: acceptContact(world, corp, contact) };
  });
  server.post<At & { Body: { person: string; source?: string } }>(`${at}/delete`, body({ source: text }), (req) => {
    const { corp, contact } = found(req.params, req.body.person);
    deleteByEmployee(world, corp, contact, req.body.source);
    return { deleted: true };
  });
  server.post<At & { Body: EditBody }>(`${at}/edit`, body({ remark: text, description: text, mobiles: texts, addTags: texts, removeTags: texts }), (req) => {
    const { corp, contact } = found(req.params, req.body.person);
    edit(contact, req.body);
    pushContactChange(world, corp, contact, { type: 'edit_external_contact' });
    return { remark: contact.remark, description: contact.description, mobiles: contact.mobiles, tags: contact.tags };
  });
  server.post<At & { Body: { person: string; text: string } }>(`${at}/say`, body({ text: { type: 'string', minLength: 1 } }, ['text']), (req) => {
    const { corp, contact } = found(req.params, req.body.person);
    if (contact.state !== 'friend') throw new ControlError(409, 'the two are not friends');
    contact.lastAt = world.clock.now();
    corp.say(contact.userid, contact.person, { at: contact.lastAt, from: 'employee', kind: 'text', text: req.body.text });
    return { said: true };
  });
  server.get<At>(`${at}/contacts`, (req) => {
    const corp = corpOr404(world, req.params.corpid);
    const { userid } = employeeOr404(corp, req.params.userid);
    const related = corp.contactsOf(userid).filter(isRelated);
    return { contacts: related.slice(-SHOWN).toReversed().map((one) => shown(world, corp, one)), total: related.length };
  });
  const transfer = body({ to: text, outcome: { enum: ['done', 'refused', 'full'] } }, ['to']);
  server.post<At & { Body: { person: string; to: string; outcome?: 'done' | 'refused' | 'full' } }>(`${at}/transfer`, transfer, (req) => {
    const { corp, contact } = found(req.params, req.body.person);
    employeeOr404(corp, req.body.to);
    endTransfer(world, corp, { contact, to: req.body.to, outcome: req.body.outcome ?? 'done' });
    return { outcome: req.body.outcome ?? 'done' };
  });
}

function shown(world: World, corp: Corp, { person, state, remark, tags }: Contact): object {
  const names = corp.allTags().filter((tag) => tags.includes(tag.id));
  return { person, name: world.people.get(person)?.name ?? person, state, remark, tags: names.map((tag) => tag.name) };
}

function edit(contact: Contact, { remark, description, mobiles, addTags = [], removeTags = [] }: EditBody): void {
  if (remark !== undefined) contact.remark = remark;
  if (description !== undefined) contact.description = description;
  if (mobiles !== undefined) contact.mobiles = mobiles;
  contact.tags = [...new Set([...contact.tags, ...addTags])].filter((tag) => !removeTags.includes(tag));
}
