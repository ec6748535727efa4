import type { Member } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import type { Person } from '../person.ts';
import type { World } from '../world.ts';

/** A control request that cannot be served; becomes an HTTP answer `{error}`. */
export class ControlError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

export function appOr404(world: World, appid: string | undefined): MiniProgram {
  const app = world.apps.get(appid ?? '');
  if (!app) throw new ControlError(404, `no mini program ${appid ?? '(appid missing)'}`);
  return app;
}

export function personOr404(world: World, id: string): Person {
  const person = world.people.get(id);
  if (!person) throw new ControlError(404, `no person ${id}`);
  return person;
}

/** The person inside the program; both must exist. */
export function memberOr404(world: World, id: string, appid: string | undefined): Member {
  return appOr404(world, appid).member(personOr404(world, id));
}
