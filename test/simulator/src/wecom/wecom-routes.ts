import type { FastifyInstance } from 'fastify';
import type { World } from '../world.ts';
import { addAcquisitionRoutes } from './api/acquisition.ts';
import { addContactWayRoutes } from './api/contact-ways.ts';
import { addContactRoutes } from './api/contacts.ts';
import { addGroupSendRoutes } from './api/group-sends.ts';
import { addGroupRoutes } from './api/groups.ts';
import { addKfAccountRoutes } from './api/kf-accounts.ts';
import { addKfMessageRoutes } from './api/kf-messages.ts';
import { addMediaRoutes } from './api/media.ts';
import { addMomentRoutes } from './api/moments.ts';
import { addProviderRoutes } from './api/provider.ts';
import { addTagRoutes } from './api/tags.ts';
import { addWecomTokenRoutes } from './api/tokens.ts';
import { addTransferRoutes } from './api/transfers.ts';
import { addWelcomeRoutes } from './api/welcome.ts';
import { addCodePages } from './code-pages.ts';
import { addCorpControl } from './control/corps.ts';
import { addEmployeeControl } from './control/employees.ts';
import { addGroupControl } from './control/groups.ts';
import { addKfControl } from './control/kf.ts';
import { addWecomPeopleControl } from './control/people.ts';
import { addSuiteControl } from './control/suites.ts';
import { addTagControl } from './control/tags.ts';
import { addTaskControl } from './control/tasks.ts';

/** Paths that WeChat has too: the kind of token says whose call it is. */
const SHARED = ['/cgi-bin/media/upload', '/cgi-bin/media/uploadimg', '/cgi-bin/get_api_domain_ip', '/cgi-bin/getcallbackip'];

/** Leads a WeCom call on a shared path to where it is served. */
export function rewriteWecom(world: World, url: string): string {
  const [path = '', query = ''] = url.split('?');
  if (!SHARED.includes(path)) return url;
  const token = new URLSearchParams(query).get('access_token');
  return token !== null && world.wecom.owner(token) ? `/wecom${url}` : url;
}

/** The platform's side. */
export function addWecomRoutes(server: FastifyInstance, world: World): void {
  addWecomTokenRoutes(server, world);
  addContactRoutes(server, world);
  addContactWayRoutes(server, world);
  addAcquisitionRoutes(server, world);
  addWelcomeRoutes(server, world);
  addTagRoutes(server, world);
  addGroupSendRoutes(server, world);
  addMediaRoutes(server, world);
  addKfAccountRoutes(server, world);
  addKfMessageRoutes(server, world);
  addGroupRoutes(server, world);
  addMomentRoutes(server, world);
  addTransferRoutes(server, world);
  addProviderRoutes(server, world);
}

/** The control side. */
export function addWecomControl(server: FastifyInstance, world: World): void {
  addCorpControl(server, world);
  addWecomPeopleControl(server, world);
  addEmployeeControl(server, world);
  addTagControl(server, world);
  addTaskControl(server, world);
  addKfControl(server, world);
  addGroupControl(server, world);
  addSuiteControl(server, world);
  addCodePages(server);
}
