import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import { addBlacklistRoutes } from './blacklist.ts';
import { addDraftRoutes } from './drafts.ts';
import { addFollowerRoutes } from './followers.ts';
import { addMassRoutes } from './mass.ts';
import { addMenuRoutes } from './menus.ts';
import { addNoticeRoutes } from './notices.ts';
import { addPublishRoutes } from './publications.ts';
import { addSceneCodeRoutes } from './scene-codes.ts';
import { addTagRoutes } from './tags.ts';
import { addWebLoginRoutes } from './web-login.ts';

/** Every call that only official accounts have. */
export function addOfficialRoutes(server: FastifyInstance, world: World): void {
  addFollowerRoutes(server, world);
  addTagRoutes(server, world);
  addBlacklistRoutes(server, world);
  addNoticeRoutes(server, world);
  addMassRoutes(server, world);
  addDraftRoutes(server, world);
  addPublishRoutes(server, world);
  addSceneCodeRoutes(server, world);
  addMenuRoutes(server, world);
  addWebLoginRoutes(server, world);
}
