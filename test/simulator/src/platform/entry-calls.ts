import type { FastifyInstance } from 'fastify';
import type { EntryLink } from '../entry-links.ts';
import { ok, refuse } from '../error-code.ts';
import { codePicture } from '../png.ts';
import type { World } from '../world.ts';
import { addRoute, programKinds, type Call } from './call.ts';

const DAY_MS = 86_400_000;
const DAYS_MAX = 30;
const QUERY = /^[\w!#$&'()*+,/:;=?@\-.~%]{0,1024}$/;
const SCENE = /^[0-9a-zA-Z!#$&'()*+,/:;=?@\-._~]+$/;
const SCENE_MAX = 32;
const VISITS_PER_DAY = 3_000_000;
const ENVS = ['release', 'trial', 'develop'];

/** Ways into a mini program from outside: schemes, links, short links and codes. */
export function addEntryRoutes(server: FastifyInstance, world: World): void {
  const post = (name: string, handle: (call: Call) => object): void =>
    addRoute(server, world, { method: 'POST', path: `/wxa/${name}`, auth: 'token', kinds: programKinds, handle });
  post('generatescheme', (call) => generate(call, 'scheme'));
  post('generate_urllink', (call) => generate(call, 'link'));
  post('queryscheme', (call) => lookUp(call, 'scheme'));
  post('query_urllink', (call) => lookUp(call, 'url_link'));
  post('genwxashortlink', shortLink);
  post('getwxacodeunlimit', unlimitedCode);
  post('getwxacode', pathCode);
}

interface Jump {
  path?: string;
  query?: string;
  env_version?: string;
}

function generate({ world, app, body, now }: Call, kind: 'scheme' | 'link'): object {
  const jump = (kind === 'scheme' ? (body['jump_wxa'] ?? {}) : body) as Jump;
  const { path = '', query = '', env_version: env = 'release' } = jump;
  if (path.includes('?') || !isReleased(app.settings.pages, path)) return refuse(40165);
  if (!QUERY.test(query)) return refuse(40212);
  if (!ENVS.includes(env)) return refuse(85402);
  const expiresAt = expiryOf(body, now, kind);
  if (typeof expiresAt !== 'number') return refuse(expiresAt.errcode);
  const link = world.links.add({ kind, appid: app.appid, name: app.settings.name, path, query, env, createdAt: now, expiresAt });
  return kind === 'scheme' ? { ...ok, openlink: link.text } : { ...ok, url_link: link.text };
}

function isReleased(pages: string[], path: string): boolean {
  const bare = path.replace(/^\//, '');
  return pages.length === 0 ? /^[\w\-./]*$/.test(bare) : bare === '' || pages.includes(bare);
}

/** End of a link: a time or a number of days, never more than thirty days ahead. */
function expiryOf(body: Call['body'], now: number, kind: 'scheme' | 'link'): number | { errcode: number } {
  const { is_expire: ends, expire_type: type = 0, expire_time: time, expire_interval: days } = body as Record<string, unknown>;
  if (kind === 'scheme' && ends === false) return { errcode: 85405 };
  if (type === 1) return Number.isInteger(days) && Number(days) >= 1 && Number(days) <= DAYS_MAX ? now + Number(days) * DAY_MS : { errcode: 85401 };
  if (time === undefined) return now + DAYS_MAX * DAY_MS;
  const at = Number(time) * 1000;
  return at > now && at <= now + DAYS_MAX * DAY_MS + 60_000 ? at : { errcode: 85401 };
}

function lookUp({ world, app, body, now }: Call, field: 'scheme' | 'url_link'): object {
  const found = world.links.find(String(body[field] ?? ''));
  if (!found || found.link.appid !== app.appid || found.link.expiresAt <= now) return refuse(85403);
  const { link } = found;
  const info = {
    appid: link.appid,
    path: link.path,
    query: link.query,
    create_time: Math.floor(link.createdAt / 1000),
    expire_time: Math.floor(link.expiresAt / 1000),
    env_version: link.env,
  };
  return { ...ok, [`${field}_info`]: info, quota_info: { remain_visit_quota: VISITS_PER_DAY - link.visits } };
}

function shortLink({ world, app, body, now }: Call): object {
  const { page_url: page, page_title: title = '' } = body as { page_url?: unknown; page_title?: string };
  if (typeof page !== 'string' || page === '' || page.length > 1024) return refuse(40066);
  if ([...title].length > 20) return refuse(40225);
  const [path = '', query = ''] = page.split('?');
  const expiresAt = body['is_permanent'] === true ? 0 : now + DAYS_MAX * DAY_MS;
  const link = world.links.add({ kind: 'short', appid: app.appid, name: title || app.settings.name, path, query, env: 'release', createdAt: now, expiresAt });
  return { ...ok, link: link.text };
}

function unlimitedCode({ world, app, body, now }: Call): object {
  const { scene, page, check_path: check, env_version: env, width } = { page: '', check_path: true, env_version: 'release', width: 430, ...body } as { scene?: unknown; page: string; check_path: boolean; env_version: string; width: number };
  if (typeof scene !== 'string' || scene === '' || !SCENE.test(scene)) return refuse(40129);
  if (scene.length > SCENE_MAX) return refuse(40169);
  if (page.startsWith('/') || page.includes('?') || (check && !isReleased(app.settings.pages, page))) return refuse(41030);
  if (!ENVS.includes(env) || !isWidth(width)) return refuse(40097);
  return picture(world.links.add({ kind: 'code', appid: app.appid, name: '', path: page, query: `scene=${encodeURIComponent(scene)}`, env, createdAt: now, expiresAt: 0 }));
}

function isWidth(width: number): boolean {
  return width >= 280 && width <= 1280;
}

function pathCode({ world, app, body, now }: Call): object {
  const { path } = body as { path?: unknown };
  if (typeof path !== 'string' || path === '' || path.length > 1024) return refuse(40159);
  const [page = '', query = ''] = path.split('?');
  return picture(world.links.add({ kind: 'code', appid: app.appid, name: '', path: page, query, env: 'release', createdAt: now, expiresAt: 0 }));
}

/** Codes are answered as a picture, not as JSON. */
function picture(link: EntryLink): Buffer {
  return codePicture(link.text);
}
