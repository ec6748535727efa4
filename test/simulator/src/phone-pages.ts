import type { FastifyInstance, FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import type { SimulatorConfig } from './config.ts';
import { refuse } from './error-code.ts';
import { authorise } from './official/web-login.ts';
import { Product } from './product.ts';
import { errorPage, withShim } from './webview-html.ts';
import type { World } from './world.ts';

const PLATFORM_PREFIXES = /^\/(cgi-bin|wxaapi|wxa|sns|datacube|customservice)\//;
const FOLDER = new URL('../phone/', import.meta.url);
const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

interface WebviewQuery {
  url?: string;
  person?: string;
  appid?: string;
}

/** The phone page, the window it opens merchant pages in, and the way on to the product for all other paths. */
export function addPhonePages(server: FastifyInstance, world: World, config: SimulatorConfig): void {
  const product = new Product(config.product);
  server.addHook('onClose', () => product.close());
  server.get('/', (_request, reply) => reply.redirect('/sim/phone/'));
  server.get('/sim', (_request, reply) => reply.redirect('/sim/phone/'));
  server.get('/sim/phone', (_request, reply) => reply.redirect('/sim/phone/'));
  server.get('/sim/phone/', (_request, reply) => sendFile(reply, 'index.html'));
  server.get<{ Params: { file: string } }>('/sim/phone/:file', (req, reply) => sendFile(reply, req.params.file));
  server.get<{ Querystring: WebviewQuery }>('/sim/webview', async (req, reply) => {
    const { url = '', person = '', appid = '' } = req.query;
    // Only paths of the product itself: anything else would make this an open relay.
    if (!/^\/(?![/\\])/.test(url)) return reply.code(400).type(types['html'] ?? '').send(errorPage('页面地址不正确', url));
    const page = await product.page(url, req.headers);
    if ('location' in page) {
      const query = new URLSearchParams({ url: page.location, person, appid });
      return reply.headers(page.headers).redirect(`/sim/webview?${query}`);
    }
    const login = loginOf(page.headers['location'], world, person);
    if (login !== null) {
      if ('error' in login) return reply.type(types['html'] ?? '').send(errorPage('无法登录', login.error));
      const { pathname, search } = new URL(login.redirect);
      return reply.redirect(`/sim/webview?${new URLSearchParams({ url: pathname + search, person, appid })}`);
    }
    reply.code(page.status).headers(page.headers).header('cache-control', 'no-store');
    return reply.send(page.isHtml ? withShim(page.body.toString('utf8'), { path: url, person, appid }) : page.body);
  });
  server.setNotFoundHandler((request, reply) => {
    if (PLATFORM_PREFIXES.test(request.url)) return reply.send(refuse(40066));
    if (request.url.startsWith('/sim/')) return reply.code(404).send({ error: `no ${request.method} ${request.url}` });
    return product.pass(request, reply);
  });
}

/** A page that sends the person to a web login: the person agrees at once, as with a silent login in the client. */
function loginOf(location: string | string[] | undefined, world: World, person: string): ReturnType<typeof authorise> | null {
  if (typeof location !== 'string' || !URL.canParse(location)) return null;
  const { pathname, searchParams } = new URL(location);
  return pathname === '/connect/oauth2/authorize' ? authorise(world, world.people.get(person), Object.fromEntries(searchParams)) : null;
}

async function sendFile(reply: FastifyReply, name: string): Promise<FastifyReply> {
  const type = types[name.split('.').at(-1) ?? ''];
  if (!type || !/^[a-z-]+\.[a-z]+$/.test(name)) return reply.code(404).send({ error: `no file ${name}` });
  try {
    const bytes = await readFile(new URL(name, FOLDER));
    return await reply.type(type).header('cache-control', 'no-cache').send(bytes);
  } catch {
    return reply.code(404).send({ error: `no file ${name}` });
  }
}
