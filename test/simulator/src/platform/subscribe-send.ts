import type { FastifyInstance } from 'fastify';
import { ok, refuse, type Refusal } from '../error-code.ts';
import { fieldAccepts } from '../field-rule.ts';
import type { Member } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import { fieldsOf, type Template } from '../template.ts';
import type { World } from '../world.ts';
import { addRoute, type Call, type Fields } from './call.ts';

const STATES = ['developer', 'trial', 'formal'];
const LANGUAGES = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'];

/** The subscription message call. */
export function addSubscribeRoutes(server: FastifyInstance, world: World): void {
  addRoute(server, world, {
    method: 'POST',
    path: '/cgi-bin/message/subscribe/send',
    auth: 'token',
    oneAtATime: (body) => String(body['touser'] ?? ''),
    handle: sendMessage,
  });
}

function sendMessage({ world, app, body, now }: Call): object {
  if (app.settings.subscribeBanned) return refuse(43107);
  const member = app.byOpenid.get(String(body['touser'] ?? ''));
  if (!member) return refuse(40003);
  const template = app.templates.get(String(body['template_id'] ?? ''));
  if (!template) return refuse(40037);
  const values: Record<string, string> = {};
  const bad = checkData(app, template, body['data'], values) ?? checkOptions(app, body);
  if (bad) return bad;
  if (!member.spendGrant(template.priTmplId)) return refuse(43101);
  const page = typeof body['page'] === 'string' ? body['page'] : undefined;
  deliver(world, app, member, { template, values, page, now });
  const msgid = world.messageIds.take();
  reportSent(world, app, { openid: member.openid, templateId: template.priTmplId, msgid });
  return { ...ok, msgid };
}

/** Checks every value against its field's type and collects the texts. */
export function checkData(app: MiniProgram, template: Template, data: unknown, values: Record<string, string>): Refusal | null {
  if (typeof data !== 'object' || data === null) return refuse(47003, 'data is empty');
  const given = data as Record<string, { value?: unknown } | undefined>;
  const fields = fieldsOf(template);
  for (const { key, type } of fields) {
    const raw = given[key]?.value;
    const value = typeof raw === 'number' ? String(raw) : raw;
    const allowed = template.keywordEnumValueList?.find((one) => one.keywordCode === key)?.enumValueList;
    if (!fieldAccepts(type, value, allowed)) return refuse(47003, `data.${key}.value invalid`);
    values[key] = String(value);
    const words = app.settings.limits.forbiddenWords;
    if (words?.some((word) => values[key]?.includes(word))) return refuse(45168, `data.${key}.value`);
  }
  const extra = Object.keys(given).find((key) => !fields.some((field) => field.key === key));
  return extra === undefined ? null : refuse(47003, `data.${extra}.value is not a field of the template`);
}

function checkOptions(app: MiniProgram, body: Fields): Refusal | null {
  const { page, miniprogram_state: state, lang } = body;
  if (page !== undefined && !isPage(app, page)) return refuse(41030);
  if (state !== undefined && !STATES.includes(String(state))) return refuse(40097, 'miniprogram_state');
  if (lang !== undefined && !LANGUAGES.includes(String(lang))) return refuse(40097, 'lang');
  return null;
}

function isPage(app: MiniProgram, page: unknown): boolean {
  if (typeof page !== 'string' || page.length > 1024 || /^[a-z]+:\/\//i.test(page)) return false;
  const path = (page.split('?')[0] ?? '').replace(/^\//, '');
  if (app.settings.pages.length > 0) return path === '' || app.settings.pages.includes(path);
  return /^[\w\-./]*$/.test(path);
}

/** Puts the message on the phone. */
export function deliver(
  world: World,
  app: MiniProgram,
  member: Member,
  message: { template: Template; values: Record<string, string>; page: string | undefined; now: number },
): void {
  const { template, values, page, now } = message;
  member.receive({
    id: world.newMessageId(),
    at: now,
    kind: 'subscribe',
    templateId: template.priTmplId,
    title: template.title,
    data: values,
    ...(page === undefined ? {} : { page }),
    read: false,
  });
  app.stats.message('subscribe', `${member.openid}|${template.priTmplId}|${page ?? ''}|${JSON.stringify(values)}`);
}

/** Tells the merchant, unless it wants no reports. */
export function reportSent(world: World, app: MiniProgram, sent: { openid: string; templateId: string; msgid: bigint }): void {
  if (app.settings.sentEvents === 'none' || app.pushSettings.callbackUrl === '') return;
  void world.callbacks.push(app, {
    openid: sent.openid,
    createTime: Math.floor(Date.now() / 1000),
    msgType: 'event',
    event: 'subscribe_msg_sent_event',
    list: {
      wrapper: 'SubscribeMsgSentEvent',
      entries: [{ TemplateId: sent.templateId, MsgID: sent.msgid, ErrorCode: 0, ErrorStatus: 'success' }],
    },
  });
}
