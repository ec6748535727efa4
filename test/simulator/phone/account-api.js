import { ask, of } from './api.js';

const appPath = (appid, route) => `/sim/apps/${encodeURIComponent(appid)}/${route}`;

/** Official accounts and codes as a person's phone sees them. */
export const accounts = {
  follow: (id, appid) => ask(of(id, `follow?appid=${encodeURIComponent(appid)}`)),
  follows: (id, appid) => ask(of(id, 'follow'), { appid }),
  unfollow: (id, appid) => ask(of(id, 'unfollow'), { appid }),
  block: (id, appid, blocked) => ask(of(id, 'block'), { appid, blocked }),
  menu: (appid) => ask(appPath(appid, 'menu')),
  tapMenu: (id, appid, at) => ask(of(id, 'menu'), { appid, at }),
  scan: (id, body) => ask(of(id, 'scan'), body),
};
