import type { FastifyInstance } from 'fastify';
import { refuse } from '../error-code.ts';
import { randomText } from '../ids.ts';
import type { MiniProgram } from '../mini-program.ts';
import { addRoute, officialKinds, type Call } from '../platform/call.ts';
import { codePicture } from '../png.ts';
import type { World } from '../world.ts';
import type { SceneCode } from './official-state.ts';

const TEMPORARY_MAX_SECONDS = 2_592_000;
const TEMPORARY_DEFAULT_SECONDS = 60;
const PERMANENT_MAX = 100_000;
const ACTIONS = ['QR_SCENE', 'QR_STR_SCENE', 'QR_LIMIT_SCENE', 'QR_LIMIT_STR_SCENE'];

/** Codes with a parameter, and their pictures. */
export function addSceneCodeRoutes(server: FastifyInstance, world: World): void {
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/qrcode/create', auth: 'token', kinds: officialKinds, handle: create });
  server.get<{ Querystring: { ticket?: string } }>('/cgi-bin/showqrcode', (req, reply) => {
    const found = findSceneCode(world, req.query.ticket ?? '');
    if (!found) return reply.code(404).type('text/plain').send('no such ticket');
    return reply.type('image/png').send(codePicture(found.code.url));
  });
}

/** The code behind a ticket or an address, as long as it lives. */
export function findSceneCode(world: World, text: string): { app: MiniProgram; code: SceneCode } | null {
  for (const app of world.apps.values()) {
    const code = app.official.codes.get(text) ?? [...app.official.codes.values()].find((one) => one.url === text);
    if (code) return code.permanent || code.expiresAt > world.clock.now() ? { app, code } : null;
  }
  return null;
}

interface Scene {
  scene_id?: unknown;
  scene_str?: unknown;
}

function create({ app, body, now }: Call): object {
  const action = String(body['action_name'] ?? '');
  if (!ACTIONS.includes(action)) return refuse(40052);
  const numeric = !action.includes('STR');
  const permanent = action.includes('LIMIT');
  const scene = sceneOf((body['action_info'] as { scene?: Scene } | undefined)?.scene ?? {}, numeric, permanent);
  if (scene === null) return refuse(40053);
  const seconds = Number(body['expire_seconds'] ?? TEMPORARY_DEFAULT_SECONDS);
  if (!permanent && (!Number.isInteger(seconds) || seconds < 1 || seconds > TEMPORARY_MAX_SECONDS)) return refuse(40097, 'expire_seconds');
  const code = codeFor(app, { scene, numeric, permanent, at: now, expiresAt: permanent ? 0 : now + seconds * 1000 });
  return code ? { ticket: code.ticket, ...(permanent ? {} : { expire_seconds: seconds }), url: code.url } : refuse(45029);
}

/** The code of a scene: the same permanent scene is the same code. Null when there are too many permanent ones. */
function codeFor(app: MiniProgram, wanted: Omit<SceneCode, 'ticket' | 'url'>): SceneCode | null {
  const { codes } = app.official;
  if (wanted.permanent) {
    const permanent = [...codes.values()].filter((one) => one.permanent);
    const same = permanent.find((one) => one.numeric === wanted.numeric && one.scene === wanted.scene);
    if (same) return same;
    if (permanent.length >= PERMANENT_MAX) return null;
  }
  const code: SceneCode = { ...wanted, ticket: `gQ${randomText(94)}`, url: `http://weixin.qq.com/q/${randomText(22)}` };
  codes.set(code.ticket, code);
  return code;
}

function sceneOf({ scene_id: id, scene_str: text }: Scene, numeric: boolean, permanent: boolean): string | null {
  if (!numeric) return typeof text === 'string' && text.length >= 1 && text.length <= 64 ? text : null;
  const most = permanent ? PERMANENT_MAX : 2 ** 32 - 1;
  return typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= most ? String(id) : null;
}
