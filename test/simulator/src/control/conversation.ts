import type { FastifyInstance } from 'fastify';
import type { InboxMessage } from '../member.ts';
import { randomText } from '../ids.ts';
import type { PushEvent } from '../push-event.ts';
import type { World } from '../world.ts';
import { appOr404, ControlError, memberOr404, personOr404 } from './control-error.ts';

interface Who {
  Params: { id: string };
}

const text = { type: 'string' };
const SERVICE_DOWN = '该小程序客服暂时无法提供服务，请稍后再试';

/** What a person says, receives and taps. */
export function addConversationControl(server: FastifyInstance, world: World): void {
  addSpeaking(server, world);
  addReading(server, world);
}

function addSpeaking(server: FastifyInstance, world: World): void {
  const sayBody = { type: 'object', required: ['appid'], properties: { appid: text, text: { type: 'string', minLength: 1 }, image: { type: 'string', minLength: 1 } } };
  server.post<Who & { Body: { appid: string; text?: string; image?: string } }>('/sim/people/:id/say', { schema: { body: sayBody } }, (req) => {
    const app = appOr404(world, req.body.appid);
    const member = app.member(personOr404(world, req.params.id));
    if (app.isOfficial && !member.follows) throw new ControlError(409, `${req.params.id} does not follow ${app.appid}`);
    const { text: words, image } = req.body;
    if (words === undefined && image === undefined) throw new ControlError(400, 'text or image is needed');
    const now = world.clock.now();
    const MsgId = world.messageIds.take();
    member.openWindow('message', now);
    member.say({ at: now, from: 'me', text: words ?? '[图片]' });
    const push = { openid: member.openid, createTime: Math.floor(Date.now() / 1000), ...said(words, image, MsgId) };
    void world.callbacks.push(app, push).then((delivery) => {
      if (delivery.state === 'failed') member.say({ at: world.clock.now(), from: 'system', text: SERVICE_DOWN });
    });
    return { msgId: MsgId.toString(), openid: member.openid };
  });
  const enterBody = { type: 'object', required: ['appid'], properties: { appid: text, sessionFrom: text } };
  server.post<Who & { Body: { appid: string; sessionFrom?: string } }>('/sim/people/:id/enter', { schema: { body: enterBody } }, (req) => {
    const app = appOr404(world, req.body.appid);
    const member = app.member(personOr404(world, req.params.id));
    member.openWindow('enter', world.clock.now());
    void world.callbacks.push(app, {
      openid: member.openid,
      createTime: member.eventSecond('user_enter_tempsession'),
      msgType: 'event',
      event: 'user_enter_tempsession',
      fields: { SessionFrom: req.body.sessionFrom ?? '' },
    });
    return { openid: member.openid };
  });
}

function said(words: string | undefined, image: string | undefined, MsgId: bigint): Pick<PushEvent, 'msgType' | 'fields'> {
  if (words !== undefined) return { msgType: 'text', fields: { Content: words, MsgId } };
  return { msgType: 'image', fields: { PicUrl: image, MediaId: randomText(64), MsgId } };
}

function addReading(server: FastifyInstance, world: World): void {
  server.get<Who & { Querystring: { appid?: string } }>('/sim/people/:id/inbox', (req) => ({
    messages: inboxOf(world, req.params.id, req.query.appid),
  }));
  server.get<Who & { Querystring: { appid?: string } }>('/sim/people/:id/chat', (req) => ({
    lines: memberOr404(world, req.params.id, req.query.appid).chat,
  }));
  const tapBody = { type: 'object', required: ['messageId'], properties: { messageId: text } };
  server.post<Who & { Body: { messageId: string } }>('/sim/people/:id/tap', { schema: { body: tapBody } }, (req) => {
    const found = findMessage(world, req.params.id, req.body.messageId);
    found.message.read = true;
    return { page: found.message.page ?? '', appid: found.message.pageAppid ?? found.appid };
  });
}

/** Newest first, over one program or all of them. */
function inboxOf(world: World, personId: string, appid: string | undefined): object[] {
  const person = personOr404(world, personId);
  const apps = appid === undefined ? [...world.apps.values()] : [appOr404(world, appid)];
  return apps
    .flatMap((app) => (app.byPerson.get(person.id)?.inbox ?? []).map((message) => ({ ...message, appid: app.appid, appName: app.settings.name })))
    .toSorted((a, b) => b.at - a.at || Number(b.id.slice(1)) - Number(a.id.slice(1)));
}

function findMessage(world: World, personId: string, messageId: string): { appid: string; message: InboxMessage } {
  personOr404(world, personId);
  for (const app of world.apps.values()) {
    const message = app.byPerson.get(personId)?.inbox.find((one) => one.id === messageId);
    if (message) return { appid: app.appid, message };
  }
  throw new ControlError(404, `no message ${messageId} on this phone`);
}
