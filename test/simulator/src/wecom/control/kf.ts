import type { FastifyInstance } from 'fastify';
import { ControlError, personOr404 } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import type { Corp } from '../corp.ts';
import { externalIdOf } from '../external-id.ts';
import { addKfEvent, addKfRow, endIfOver, enterKf, issueKfCode, kfPlace, makeKfAccount, sayKf, writeKf, type KfPlace } from '../kf-book.ts';
import { corpOr404 } from './found.ts';

interface Who {
  Params: { id: string };
}

interface Desk {
  Params: { corpid: string; openKfid: string };
}

const text = { type: 'string' };
const words = { type: 'string', minLength: 1 };
const at = { corpid: text, openKfid: text };

function body(properties: Record<string, object>, required = Object.keys(properties)): { schema: { body: object } } {
  return { schema: { body: { type: 'object', required, properties } } };
}

/** WeChat Customer Service as a person and as an employee use it. */
export function addKfControl(server: FastifyInstance, world: World): void {
  addVisits(server, world);
  addDesk(server, world);
}

interface EnterBody {
  corpid?: string;
  openKfid?: string;
  scene?: string;
  sceneParam?: string;
  url?: string;
}

function addVisits(server: FastifyInstance, world: World): void {
  server.post<Who & { Body: EnterBody }>('/sim/people/:id/kf/enter', body({ ...at, scene: text, sceneParam: text, url: text }, []), (req) => {
    const target = req.body.url === undefined ? req.body : fromLink(world, req.body.url);
    const place = placeOr404(world, target.corpid, target.openKfid, req.params.id);
    const welcomeCode = enterKf(world, place, target.scene ?? '', target.sceneParam ?? '');
    return { corpid: place.corp.corpid, openKfid: place.account.openKfid, externalUserid: externalIdOf(place.corp.corpid, {}, req.params.id), welcomeCode };
  });
  const say = body({ ...at, text: words, menuId: text }, ['corpid', 'openKfid', 'text']);
  server.post<Who & { Body: { corpid: string; openKfid: string; text: string; menuId?: string } }>('/sim/people/:id/kf/say', say, (req) => {
    const place = placeOr404(world, req.body.corpid, req.body.openKfid, req.params.id);
    const part = { content: req.body.text, ...(req.body.menuId === undefined ? {} : { menu_id: req.body.menuId }) };
    const msgid = writeKf(world, place, { msgtype: 'text', part, shown: req.body.text });
    return { msgid, externalUserid: externalIdOf(place.corp.corpid, {}, req.params.id) };
  });
  const refuse = body({ ...at, refuse: { type: 'boolean' } });
  server.post<Who & { Body: { corpid: string; openKfid: string; refuse: boolean } }>('/sim/people/:id/kf/refuse', refuse, (req) => {
    placeOr404(world, req.body.corpid, req.body.openKfid, req.params.id).visitor.refuses = req.body.refuse;
    return { refuses: req.body.refuse };
  });
  server.get<Who & { Querystring: { corpid?: string; openKfid?: string } }>('/sim/people/:id/kf/chat', (req) => {
    const { visitor } = placeOr404(world, req.query.corpid, req.query.openKfid, req.params.id);
    endIfOver(visitor, world.clock.now());
    return { lines: visitor.lines, state: visitor.sessionState, sent: visitor.sentSinceWrote };
  });
  server.get<Who>('/sim/people/:id/kf', (req) => {
    const { id } = personOr404(world, req.params.id);
    const accounts = [...world.wecom.corps.values()].flatMap((corp) => [...corp.data.kf.values()].filter((one) => !one.deleted).map((account) => ({ corp, account })));
    return { accounts: accounts.map(({ corp, account }) => ({ corpid: corp.corpid, corpName: corp.data.name, openKfid: account.openKfid, name: account.name, last: account.visitors.get(id)?.lines.at(-1) ?? null })) };
  });
}

function addDesk(server: FastifyInstance, world: World): void {
  server.post<{ Params: { corpid: string }; Body: { name: string; openKfid?: string } }>('/sim/corps/:corpid/kf', body({ name: words, openKfid: text }, ['name']), (req) => {
    const account = makeKfAccount(corpOr404(world, req.params.corpid), req.body.name, req.body.openKfid);
    return { openKfid: account.openKfid, name: account.name };
  });
  const say = body({ person: text, userid: text, text: words }, ['person', 'userid', 'text']);
  server.post<Desk & { Body: { person: string; userid: string; text: string } }>('/sim/corps/:corpid/kf/:openKfid/say', say, (req) => {
    const place = placeOr404(world, req.params.corpid, req.params.openKfid, req.body.person);
    // An employee who answers has taken the session: the API may not write any more.
    place.visitor.sessionState = 3;
    place.visitor.servicer = req.body.userid;
    sayKf(place.visitor, { at: world.clock.now(), from: 'servicer', kind: 'text', text: req.body.text });
    return { msgid: addKfRow(world, place, { origin: 5, msgtype: 'text', part: { content: req.body.text }, servicer: req.body.userid }) };
  });
  server.post<Desk & { Body: { person: string } }>('/sim/corps/:corpid/kf/:openKfid/end', body({ person: text }), (req) => {
    const place = placeOr404(world, req.params.corpid, req.params.openKfid, req.body.person);
    const { corp, account, visitor } = place;
    const old_servicer_userid = visitor.servicer;
    visitor.sessionState = 4;
    visitor.servicer = '';
    const msg_code = issueKfCode(corp, { openKfid: account.openKfid, person: visitor.person, endsAt: world.clock.now() + 20_000, state: 4, menus: true });
    addKfEvent(world, place, 'session_status_change', { change_type: 3, old_servicer_userid, new_servicer_userid: '', msg_code });
    return { msgCode: msg_code };
  });
}

/** The account and scene of a link, as `kf/add_contact_way` gives it. */
function fromLink(world: World, link: string): EnterBody {
  const url = new URL(link, 'http://link');
  const openKfid = /\/sim\/wecom\/kf\/([\w-]+)/.exec(url.pathname)?.[1] ?? '';
  const corp: Corp | undefined = [...world.wecom.corps.values()].find((one) => one.data.kf.has(openKfid));
  if (!corp) throw new ControlError(404, `no customer service behind ${link}`);
  return { corpid: corp.corpid, openKfid, scene: url.searchParams.get('enc_scene') ?? '', sceneParam: url.searchParams.get('scene_param') ?? '' };
}

function placeOr404(world: World, corpid: string | undefined, openKfid: string | undefined, person: string): KfPlace {
  const corp = corpOr404(world, corpid);
  const account = corp.data.kf.get(openKfid ?? '');
  if (!account || account.deleted) throw new ControlError(404, `no customer-service account ${openKfid ?? ''}`);
  return kfPlace(corp, account, personOr404(world, person).id);
}
