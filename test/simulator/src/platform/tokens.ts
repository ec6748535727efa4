import type { FastifyInstance } from 'fastify';
import { refuse } from '../error-code.ts';
import { FORCED_REFRESH } from '../quota-book.ts';
import type { Token } from '../token-book.ts';
import type { World } from '../world.ts';
import { addRoute, type Call } from './call.ts';

const LIFE_SECONDS = 7200;

/** The two ways to an access token. */
export function addTokenRoutes(server: FastifyInstance, world: World): void {
  addRoute(server, world, { method: 'GET', path: '/cgi-bin/token', auth: 'secret', handle: ordinary });
  addRoute(server, world, { method: 'POST', path: '/cgi-bin/stable_token', auth: 'secret', handle: stable });
}

function ordinary({ app, query, now }: Call): object {
  if (query['grant_type'] !== 'client_credential') return refuse(40002);
  const overlap = app.settings.limits.tokenOverlapSeconds;
  return tokenAnswer(app.tokens.issueOrdinary(now, lifeOf(app), overlap === undefined ? undefined : overlap * 1000), now);
}

function stable({ app, body, now }: Call): object {
  if (body['grant_type'] !== 'client_credential') return refuse(40002);
  if (body['force_refresh'] !== true) return tokenAnswer(app.tokens.issueStable(now, lifeOf(app)), now);
  // An attempt within the gap costs nothing of the daily twenty.
  if (!app.tokens.mayForce(now)) return refuse(45011);
  if (app.quota.take(FORCED_REFRESH, now) !== 0) return refuse(45009);
  return tokenAnswer(app.tokens.forceStable(now, lifeOf(app)), now);
}

function lifeOf(app: Call['app']): number {
  return (app.settings.limits.tokenSeconds ?? LIFE_SECONDS) * 1000;
}

function tokenAnswer(token: Token, now: number): object {
  return { access_token: token.value, expires_in: Math.ceil((token.expiresAt - now) / 1000) };
}
