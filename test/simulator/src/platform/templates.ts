import type { FastifyInstance } from 'fastify';
import { ok, refuse } from '../error-code.ts';
import { randomText } from '../ids.ts';
import { templateFrom, type Template } from '../template.ts';
import type { World } from '../world.ts';
import { addRoute, type Call } from './call.ts';
import { categories, publicTemplates, type PublicTemplate } from './public-templates.ts';

const PREFIX = '/wxaapi/newtmpl';
const TEMPLATES_MAX = 50;

/** Management of private subscription templates. */
export function addTemplateRoutes(server: FastifyInstance, world: World): void {
  const get = (name: string, handle: (call: Call) => object): void =>
    addRoute(server, world, { method: 'GET', path: `${PREFIX}/${name}`, auth: 'token', handle });
  const post = (name: string, handle: (call: Call) => object): void =>
    addRoute(server, world, { method: 'POST', path: `${PREFIX}/${name}`, auth: 'token', handle });
  get('getcategory', () => ({ ...ok, data: categories }));
  get('getpubtemplatetitles', listTitles);
  get('getpubtemplatekeywords', listKeywords);
  get('gettemplate', ({ app }) => ({ ...ok, data: [...app.templates.values()] }));
  post('addtemplate', addTemplate);
  post('deltemplate', removeTemplate);
}

function listTitles({ query }: Call): object {
  const start = Number(query['start'] ?? NaN);
  const limit = Number(query['limit'] ?? NaN);
  if (!Number.isInteger(start) || start < 0) return refuse(200016);
  if (!Number.isInteger(limit) || limit < 1 || limit > 30) return refuse(200017);
  const ids = (query['ids'] ?? '').split(',');
  const found = publicTemplates.filter((one) => ids.includes(one.categoryId));
  const data = found.slice(start, start + limit).map(({ tid, title, type, categoryId }) => ({ tid, title, type, categoryId }));
  return { ...ok, count: found.length, data };
}

function listKeywords({ query }: Call): object {
  const found = publicTemplates.find((one) => String(one.tid) === query['tid']);
  return found ? { ...ok, count: found.keywords.length, data: found.keywords } : refuse(200014);
}

function addTemplate({ app, body }: Call): object {
  const found = publicTemplates.find((one) => String(one.tid) === String(body['tid']));
  if (!found) return refuse(200014);
  const scene = body['sceneDesc'];
  if (scene !== undefined && (typeof scene !== 'string' || [...scene].length > 15)) return refuse(200021);
  const content = contentOf(found, body['kidList']);
  if (content === null) return refuse(200020);
  if (app.templates.size >= (app.settings.limits.templates ?? TEMPLATES_MAX)) return refuse(200012);
  const template: Template = templateFrom({ priTmplId: randomText(43), title: found.title, content, type: found.type });
  app.templates.set(template.priTmplId, template);
  return { ...ok, priTmplId: template.priTmplId };
}

function contentOf(template: PublicTemplate, kidList: unknown): string | null {
  if (!Array.isArray(kidList) || kidList.length < 2 || kidList.length > 5) return null;
  const chosen = kidList.map((kid) => template.keywords.find((one) => one.kid === Number(kid)));
  if (chosen.some((one) => one === undefined) || new Set(kidList).size !== kidList.length) return null;
  return chosen.map((one) => `${one?.name}:{{${one?.rule}${one?.kid}.DATA}}\n`).join('');
}

function removeTemplate({ app, body }: Call): object {
  return app.templates.delete(String(body['priTmplId'] ?? '')) ? ok : refuse(20001);
}
