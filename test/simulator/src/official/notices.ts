import type { FastifyInstance } from 'fastify';
import { ok, refuse, type Refusal } from '../error-code.ts';
import type { Member } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import { addRoute, officialKinds, serviceKinds, type Call, type Fields } from '../platform/call.ts';
import { checkData, deliver, reportSent } from '../platform/subscribe-send.ts';
import { parseContent } from '../template.ts';
import type { World } from '../world.ts';
import { pushEvent } from './following.ts';

const REPEAT_MS = 600_000;
const VALUE_CHARS = 20;
const CLIENT_ID_CHARS = 32;

/** Subscription notices and template messages of service accounts. */
export function addNoticeRoutes(server: FastifyInstance, world: World): void {
  const oneAtATime = (body: Fields): string => String(body['touser'] ?? '');
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/message/subscribe/bizsend', auth: 'token', kinds: officialKinds, oneAtATime, handle: sendNotice });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/message/template/send', auth: 'token', kinds: serviceKinds, handle: sendTemplate });
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/template/get_all_private_template', auth: 'token', kinds: serviceKinds, handle: list });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/template/del_private_template', auth: 'token', kinds: serviceKinds, handle: remove });
}

function sendNotice({ world, app, body, now }: Call): object {
  if (app.settings.subscribeBanned) return refuse(43107);
  const member = app.byOpenid.get(String(body['touser'] ?? ''));
  if (!member) return refuse(40003);
  const template = app.templates.get(String(body['template_id'] ?? ''));
  if (!template) return refuse(40037);
  const values: Record<string, string> = {};
  const target = targetOf(app, body, 'page');
  const bad = checkData(app, template, body['data'], values) ?? ('errcode' in target ? target : null);
  if (bad) return bad;
  if (!member.spendGrant(template.priTmplId)) return refuse(43101);
  const { page, appid } = target as Target;
  deliver(world, app, member, { template, values, page, now });
  showNotice(member, appid);
  reportSent(world, app, { openid: member.openid, templateId: template.priTmplId, msgid: world.messageIds.take() });
  return ok;
}

interface Target {
  page: string | undefined;
  appid?: string;
}

/** Where a tap leads: the mini program wins over the address. */
function targetOf(app: MiniProgram, body: Fields, urlField: 'page' | 'url'): Target | Refusal {
  const program = body['miniprogram'] as { appid?: unknown; pagepath?: unknown } | undefined;
  const url = body[urlField];
  if (url !== undefined && url !== '' && !/^https?:\/\//.test(String(url))) return refuse(urlField === 'page' ? 41030 : 40097, urlField);
  if (program?.appid !== undefined && program.appid !== '') {
    const { linkedPrograms } = app.settings;
    if (linkedPrograms.length > 0 && !linkedPrograms.includes(String(program.appid))) return refuse(40013);
    if (typeof program.pagepath !== 'string') return refuse(40165);
    return { page: program.pagepath, appid: String(program.appid) };
  }
  return { page: typeof url === 'string' && url !== '' ? url : undefined };
}

/** A follower finds the notice in the account's chat, anybody else among the service notices. */
function showNotice(member: Member, pageAppid: string | undefined): void {
  const message = member.inbox.at(-1);
  if (!message) return;
  if (pageAppid !== undefined) message.pageAppid = pageAppid;
  if (!member.follows) return;
  message.inChat = true;
  member.say({ at: message.at, from: 'service', text: message.title ?? '', messageId: message.id });
}

function sendTemplate({ world, app, body, now }: Call): object {
  const template = app.settings.messageTemplates.find((one) => one.templateId === body['template_id']);
  const member = app.byOpenid.get(String(body['touser'] ?? ''));
  const repeat = repeated(app, body['client_msg_id'], now);
  if (repeat !== null) return typeof repeat === 'number' ? { ...ok, msgid: repeat } : repeat;
  if (!member) return refuse(40003);
  if (!template) return refuse(40037);
  const values = readValues(parseContent(template.content).map(({ key }) => key), body['data']);
  if ('errcode' in values) return values;
  const target = targetOf(app, body, 'url');
  if ('errcode' in target) return target;
  if (!member.follows) return refuse(43004);
  if (member.follow?.banned) return refuse(43019);
  const msgid = app.official.newId();
  if (body['client_msg_id']) app.official.clientIds.set(`template|${String(body['client_msg_id'])}`, { msgId: msgid, at: now });
  const blocked = member.follow?.blocked === true;
  if (!blocked) receive(world, { app, member, now }, { template, values, target });
  void pushEvent(world, app, member, { event: 'TEMPLATESENDJOBFINISH', fields: { MsgID: msgid, Status: blocked ? 'failed:user block' : 'success' } });
  return { ...ok, msgid };
}

/** The id a repeated `client_msg_id` was answered with within ten minutes, a refusal of a bad one, or null. */
function repeated(app: MiniProgram, clientId: unknown, now: number): number | Refusal | null {
  if (clientId === undefined || clientId === '') return null;
  if (typeof clientId !== 'string' || clientId.length > CLIENT_ID_CHARS) return refuse(40097, 'client_msg_id');
  const before = app.official.clientIds.get(`template|${clientId}`);
  return before && now - before.at < REPEAT_MS ? before.msgId : null;
}

function readValues(keys: string[], data: unknown): Record<string, string> | Refusal {
  const given = (data ?? {}) as Record<string, { value?: unknown } | undefined>;
  const values: Record<string, string> = {};
  for (const key of keys) {
    const value = given[key]?.value;
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string' || text === '' || [...text].length > VALUE_CHARS || /[\n\r]/.test(text)) return refuse(47003, `data.${key}.value invalid`);
    values[key] = text;
  }
  return values;
}

function receive(
  world: World,
  { app, member, now }: { app: MiniProgram; member: Member; now: number },
  message: { template: { templateId: string; title: string }; values: Record<string, string>; target: Target },
): void {
  const { template, values } = message;
  const { page, appid } = message.target;
  const id = world.newMessageId();
  const jump = { ...(page === undefined ? {} : { page }), ...(appid === undefined ? {} : { pageAppid: appid }) };
  member.receive({ id, at: now, kind: 'template', templateId: template.templateId, title: template.title, data: values, ...jump, read: false });
  member.say({ at: now, from: 'service', text: template.title, messageId: id });
  app.stats.message('template', `${member.openid}|${template.templateId}|${page ?? ''}|${JSON.stringify(values)}`);
}

function list({ app }: Call): object {
  const industry = { primary_industry: '', deputy_industry: '' };
  return { template_list: app.settings.messageTemplates.map(({ templateId, title, content }) => ({ template_id: templateId, title, ...industry, content, example: '' })) };
}

function remove({ app, body }: Call): object {
  const left = app.settings.messageTemplates.filter((one) => one.templateId !== body['template_id']);
  if (left.length === app.settings.messageTemplates.length) return refuse(40037);
  app.configure({ messageTemplates: left });
  return ok;
}
