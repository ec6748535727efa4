import type { FastifyInstance } from 'fastify';
import { createHash, randomBytes } from 'node:crypto';
import { sceneValues } from '../entry-links.ts';
import { pushEvent, scanScene } from '../official/following.ts';
import { findSceneCode } from '../official/scene-codes.ts';
import type { MiniProgram } from '../mini-program.ts';
import { phoneInfo } from '../platform/phone-number.ts';
import { phoneOf } from '../person.ts';
import { textOfPicture } from '../png.ts';
import { encryptUserData, rawDataSignature } from '../session-crypto.ts';
import type { World } from '../world.ts';
import { appOr404, ControlError, personOr404 } from './control-error.ts';

interface Who {
  Params: { id: string };
}

const text = { type: 'string' };
const KEPT = 200;

/** What a camera reads, which links are opened, and what a person hands out inside a mini program. */
export function addEntryControl(server: FastifyInstance, world: World): void {
  const body = { type: 'object', properties: { ticket: text, code: text, picture: text } };
  server.post<Who & { Body: { ticket?: string; code?: string; picture?: string } }>('/sim/people/:id/scan', { schema: { body } }, (req) => {
    const { ticket, code, picture } = req.body;
    const read = picture === undefined ? (ticket ?? code ?? '') : (textOfPicture(Buffer.from(picture, 'base64')) ?? '');
    return scan(world, req.params.id, read.trim());
  });
  server.get<{ Params: { appid: string } }>('/sim/apps/:appid/codes', (req) => {
    const app = appOr404(world, req.params.appid);
    return { scenes: [...app.official.codes.values()].toReversed().slice(0, KEPT), links: world.links.of(app.appid, KEPT) };
  });
  addUserData(server, world);
}

function scan(world: World, personId: string, read: string): object {
  const person = personOr404(world, personId);
  const scene = findSceneCode(world, ticketOf(read));
  if (scene) {
    const member = scene.app.member(person);
    return { kind: 'official', appid: scene.app.appid, openid: member.openid, event: scanScene(world, scene.app, member, scene.code), scene: scene.code.scene };
  }
  const found = world.links.find(read) ?? world.links.find(decodeURI(read));
  if (!found) return plainScheme(world, read);
  const { link, cq } = found;
  if (link.expiresAt !== 0 && link.expiresAt <= world.clock.now()) throw new ControlError(410, 'the link has ended');
  link.visits += 1;
  const query = [link.query, cq === '' ? '' : `cq=${encodeURIComponent(cq)}`].filter(Boolean).join('&');
  return { kind: 'program', appid: link.appid, path: link.path, query, sceneValue: sceneValues[link.kind] };
}

/** A ticket as it is, or out of the address of its picture. */
function ticketOf(read: string): string {
  return /showqrcode\?ticket=([^&]+)/.test(read) ? decodeURIComponent(/ticket=([^&]+)/.exec(read)?.[1] ?? '') : read;
}

/** `weixin://dl/business/?appid=…&path=…&query=…`: no call made it and it never ends. */
function plainScheme(world: World, read: string): object {
  const query = read.startsWith('weixin://dl/business/?') ? new URLSearchParams(read.split('?').slice(1).join('?')) : null;
  const appid = query?.get('appid');
  if (!query || !appid) throw new ControlError(404, 'nothing is behind this code');
  return { kind: 'program', appid: appOr404(world, appid).appid, path: query.get('path') ?? '', query: query.get('query') ?? '', sceneValue: 1286 };
}

function addUserData(server: FastifyInstance, world: World): void {
  const phoneBody = { type: 'object', required: ['appid'], properties: { appid: text, number: { type: 'string', pattern: '^\\d{5,15}$' } } };
  server.post<Who & { Body: { appid: string; number?: string } }>('/sim/people/:id/phone-number', { schema: { body: phoneBody } }, (req) => {
    const app = appOr404(world, req.body.appid);
    const member = app.member(personOr404(world, req.params.id));
    const number = req.body.number ?? member.person.phone ?? phoneOf(member.person.id);
    member.person.phone = number;
    member.sessionKey ??= randomBytes(16).toString('base64');
    const sealed = encryptUserData(JSON.stringify(phoneInfo(number, req.body.appid)), member.sessionKey);
    note(world, app, sealed.encryptedData);
    return { code: world.phoneCodes.issue(req.body.appid, member, world.clock.now()), ...sealed };
  });
  const revokeBody = { type: 'object', required: ['appid'], properties: { appid: text, revokeInfo: text } };
  server.post<Who & { Body: { appid: string; revokeInfo?: string } }>('/sim/people/:id/revoke', { schema: { body: revokeBody } }, (req) => {
    const app = appOr404(world, req.body.appid);
    const member = app.member(personOr404(world, req.params.id));
    const fields = { OpenID: member.openid, AppID: app.appid, RevokeInfo: req.body.revokeInfo ?? '8' };
    void pushEvent(world, app, member, { event: 'user_authorization_revoke', fields });
    return { openid: member.openid };
  });
  const profileBody = { type: 'object', required: ['appid'], properties: { appid: text } };
  server.post<Who & { Body: { appid: string } }>('/sim/people/:id/profile', { schema: { body: profileBody } }, (req) => {
    const app = appOr404(world, req.body.appid);
    const member = app.member(personOr404(world, req.params.id));
    if (member.sessionKey === null) throw new ControlError(409, 'log in first: there is no session key');
    const shown = { nickName: member.person.name, gender: 0, language: 'zh_CN', city: '', province: '', country: '', avatarUrl: '' };
    const rawData = JSON.stringify(shown);
    const watermark = { timestamp: Math.floor(Date.now() / 1000), appid: app.appid };
    const ids = { openId: member.openid, ...(app.settings.unionBound ? { unionId: app.unionid(member.person) } : {}) };
    const sealed = encryptUserData(JSON.stringify({ ...ids, ...shown, watermark }), member.sessionKey);
    note(world, app, sealed.encryptedData);
    return { rawData, signature: rawDataSignature(rawData, member.sessionKey), ...sealed };
  });
}

/** Remembers sealed data, so that a merchant can ask whether it is genuine. */
function note(world: World, app: MiniProgram, encryptedData: string): void {
  app.sealed.set(createHash('sha256').update(encryptedData).digest('hex'), world.clock.now());
}
