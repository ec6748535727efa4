import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import { addRoute, officialKinds, type Call } from '../platform/call.ts';
import type { World } from '../world.ts';
import type { MenuButton } from './official-state.ts';

const TOP_MAX = 3;
const BELOW_MAX = 5;
const NAME_BYTES = { top: 16, below: 60 };

const keyed: (keyof MenuButton)[] = ['key'];

/** What each type of button must have. */
const needs: Record<string, (keyof MenuButton)[]> = {
  click: keyed,
  scancode_push: keyed,
  scancode_waitmsg: keyed,
  pic_sysphoto: keyed,
  pic_photo_or_album: keyed,
  pic_weixin: keyed,
  location_select: keyed,
  view: ['url'],
  miniprogram: ['url', 'appid', 'pagepath'],
};

/** The menu at the bottom of an account's chat. */
export function addMenuRoutes(server: FastifyInstance, world: World): void {
  const kinds = officialKinds;
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/menu/create', auth: 'token', kinds, handle: create });
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/menu/get', auth: 'token', kinds, handle: get });
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/menu/delete', auth: 'token', kinds, handle: remove });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/menu/trymatch', auth: 'token', kinds, handle: match });
}

function create({ app, body }: Call): object {
  const menu = body['button'];
  if (!Array.isArray(menu) || menu.length === 0 || menu.length > TOP_MAX) return refuse(40097, 'button');
  for (const top of menu as MenuButton[]) {
    const fault = faultOf(top, NAME_BYTES.top, true);
    if (fault !== null) return refuse(40097, fault);
  }
  app.official.menu = menu as MenuButton[];
  return ok;
}

/** The field that is wrong with a button, or null. */
function faultOf(button: MenuButton, nameBytes: number, isTop: boolean): string | null {
  if (typeof button.name !== 'string' || button.name === '' || Buffer.byteLength(button.name) > nameBytes) return 'button name';
  const below = button.sub_button;
  if (Array.isArray(below) && below.length > 0) {
    if (!isTop || below.length > BELOW_MAX) return 'sub_button';
    return below.map((one) => faultOf(one, NAME_BYTES.below, false)).find((fault) => fault !== null) ?? null;
  }
  return needs[button.type ?? '']?.find((field) => !button[field]) ?? (needs[button.type ?? ''] ? addressFault(button) : 'button type');
}

function addressFault({ type, url = '' }: MenuButton): string | null {
  return type === 'view' && !/^https?:\/\//.test(url) ? 'button url' : null;
}

function get({ app }: Call): object {
  return app.official.menu ? { menu: { button: app.official.menu.map((top) => ({ ...top, sub_button: top.sub_button ?? [] })) } } : refuse(46003);
}

function remove({ app }: Call): object {
  app.official.menu = null;
  return ok;
}

/** Without conditional menus everybody sees the same one. */
function match({ app }: Call): object {
  return app.official.menu ? { button: app.official.menu } : refuse(46003);
}
