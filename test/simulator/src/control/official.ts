import type { FastifyInstance } from 'fastify';
import type { Member } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import { buttonsOf, follow, setFollowing, tapMenu, unfollow } from '../official/following.ts';
import { authorise } from '../official/web-login.ts';
import type { World } from '../world.ts';
import { appOr404, ControlError, personOr404 } from './control-error.ts';

interface Who {
  Params: { id: string };
}

const text = { type: 'string' };
const KEPT = 200;

/** Followers, menus and logins of official accounts: what a person does with them. */
export function addOfficialControl(server: FastifyInstance, world: World): void {
  addFollowing(server, world);
  addMenuTaps(server, world);
  addAccountViews(server, world);
  const oauth = { type: 'object', required: ['url'], properties: { url: text, agree: { type: 'boolean' }, snapshot: { type: 'boolean' } } };
  server.post<Who & { Body: { url: string; agree?: boolean; snapshot?: boolean } }>('/sim/people/:id/oauth', { schema: { body: oauth } }, (req) => {
    const person = personOr404(world, req.params.id);
    if (!URL.canParse(req.body.url)) throw new ControlError(400, 'url is not an address');
    return authorise(world, person, Object.fromEntries(new URL(req.body.url).searchParams), req.body);
  });
}

/** An official account and the person in it; mini programs are refused. */
function accountOf(world: World, id: string, appid: string): { app: MiniProgram; member: Member } {
  const app = appOr404(world, appid);
  if (!app.isOfficial) throw new ControlError(409, `${appid} is not an official account`);
  return { app, member: app.member(personOr404(world, id)) };
}

function followerOf(world: World, id: string, appid: string): { app: MiniProgram; member: Member } {
  const found = accountOf(world, id, appid);
  if (!found.member.follows) throw new ControlError(409, `${id} does not follow ${appid}`);
  return found;
}

function addFollowing(server: FastifyInstance, world: World): void {
  const body = { type: 'object', required: ['appid'], properties: { appid: text, subscribeScene: text } };
  server.post<Who & { Body: { appid: string; subscribeScene?: string } }>('/sim/people/:id/follow', { schema: { body } }, (req) => {
    const { app, member } = accountOf(world, req.params.id, req.body.appid);
    if (member.follows) return { openid: member.openid, already: true };
    void follow(world, app, member, req.body.subscribeScene === undefined ? {} : { scene: req.body.subscribeScene });
    return { openid: member.openid };
  });
  server.post<Who & { Body: { appid: string } }>('/sim/people/:id/unfollow', { schema: { body } }, (req) => {
    const { app, member } = followerOf(world, req.params.id, req.body.appid);
    void unfollow(world, app, member);
    return { openid: member.openid };
  });
  const block = { type: 'object', required: ['appid', 'blocked'], properties: { appid: text, blocked: { type: 'boolean' } } };
  server.post<Who & { Body: { appid: string; blocked: boolean } }>('/sim/people/:id/block', { schema: { body: block } }, (req) => {
    const { member } = followerOf(world, req.params.id, req.body.appid);
    if (member.follow) member.follow.blocked = req.body.blocked;
    return { openid: member.openid, blocked: req.body.blocked };
  });
}

function addMenuTaps(server: FastifyInstance, world: World): void {
  const at = { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 };
  const body = { type: 'object', required: ['appid'], properties: { appid: text, key: text, at } };
  server.post<Who & { Body: { appid: string; key?: string; at?: number[] } }>('/sim/people/:id/menu', { schema: { body } }, (req) => {
    const { app, member } = followerOf(world, req.params.id, req.body.appid);
    const { key, at: place } = req.body;
    const wanted = place?.join('.');
    const found = buttonsOf(app.official.menu ?? []).find(({ at: own, button }) =>
      wanted === undefined ? key !== undefined && [button.key, button.pagepath, button.url].includes(key) : own.join('.') === wanted,
    );
    if (!found) throw new ControlError(404, 'no such menu item');
    const event = tapMenu(world, app, member, found.button);
    return { openid: member.openid, event, page: found.button.pagepath ?? found.button.url ?? '', appid: found.button.appid ?? app.appid };
  });
}

function addAccountViews(server: FastifyInstance, world: World): void {
  server.get<{ Params: { appid: string } }>('/sim/apps/:appid/posts', (req) => ({
    posts: [...appOr404(world, req.params.appid).official.posts.values()].toReversed().slice(0, KEPT),
  }));
  server.get<{ Params: { appid: string } }>('/sim/apps/:appid/menu', (req) => ({ button: appOr404(world, req.params.appid).official.menu ?? [] }));
  server.get<Who & { Querystring: { appid?: string } }>('/sim/people/:id/follow', (req) => {
    const { member } = accountOf(world, req.params.id, req.query.appid ?? '');
    return { openid: member.openid, follow: member.follow };
  });
  const body = { type: 'object', properties: { people: { type: 'array', items: text }, scene: text } };
  server.post<{ Params: { appid: string }; Body: { people?: string[]; scene?: string } }>('/sim/apps/:appid/followers', { schema: { body } }, (req) => {
    const app = appOr404(world, req.params.appid);
    if (!app.isOfficial) throw new ControlError(409, `${app.appid} is not an official account`);
    const people = req.body.people?.map((id) => personOr404(world, id)) ?? [...world.people.values()];
    const { scene } = req.body;
    const followers = people.map((person) => {
      const member = app.member(person);
      setFollowing(member, world.clock.now(), scene === undefined ? {} : { scene });
      return { id: person.id, openid: member.openid };
    });
    return { followers };
  });
}
