import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SavedComponent } from './component/component.ts';
import type { EntryLink } from './entry-links.ts';
import { Member, type ChatLine, type Follow, type Grant, type InboxMessage, type ServiceWindow, type WindowKind } from './member.ts';
import type { AppSettings, MiniProgram } from './mini-program.ts';
import type { SavedOfficial } from './official/official-state.ts';
import type { Person } from './person.ts';
import type { Template } from './template.ts';
import type { World } from './world.ts';

/** Version of the file; another one is not read. */
const FORMAT = 1;

interface SavedMember {
  person: string;
  mainSwitch: boolean;
  sessionKey: string | null;
  /** `remaining` is null for a long-term accept. */
  grants: [string, { remaining: number | null; kept: Grant['kept'] }][];
  windows: Partial<Record<WindowKind, ServiceWindow>>;
  inbox: InboxMessage[];
  chat: ChatLine[];
  received: Member['received'];
  follow?: Follow | null;
}

interface SavedApp {
  settings: AppSettings;
  templates: Template[];
  members: SavedMember[];
  media: string[];
  official?: object;
  stats: { calls: Record<string, number>; callbacks: Record<string, number>; received: Member['received']; repeats: number };
}

interface Saved {
  format: number;
  people: Person[];
  apps: SavedApp[];
  counters: { nextMessage: number };
  links?: EntryLink[];
  components?: SavedComponent[];
  wecom?: unknown;
}

/** Writes the world to a file, whole or not at all. Tokens and codes are left out: a restart ends them. */
export async function saveWorld(world: World, file: string): Promise<void> {
  const saved: Saved = {
    format: FORMAT,
    people: [...world.people.values()],
    apps: [...world.apps.values()].map(saveApp),
    counters: world.counters(),
    links: world.links.list(),
    components: world.components.save(),
    wecom: world.wecom.save(),
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(saved));
  await rename(`${file}.new`, file);
}

/** Reads a saved world. False when there is none, or it is of another format. */
export async function loadWorld(world: World, file: string): Promise<boolean> {
  let saved: Saved;
  try {
    saved = JSON.parse(await readFile(file, 'utf8')) as Saved;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Error(`the saved state ${file} cannot be read; delete it to start empty`, { cause: error });
  }
  if (saved.format !== FORMAT) return false;
  for (const person of saved.people) world.people.set(person.id, person);
  for (const app of saved.apps) loadApp(world, app);
  if (saved.wecom !== undefined) world.wecom.load(saved.wecom);
  world.links.restore(saved.links ?? []);
  world.components.load(saved.components ?? []);
  world.restoreCounters(saved.counters);
  return true;
}

function saveApp(app: MiniProgram): SavedApp {
  const { calls, callbacks, received, repeats } = app.stats;
  return {
    settings: app.settings,
    templates: [...app.templates.values()],
    members: [...app.byPerson.values()].map(saveMember),
    media: [...app.media],
    ...(app.isOfficial ? { official: app.official.save() } : {}),
    stats: { calls, callbacks, received, repeats },
  };
}

function saveMember(member: Member): SavedMember {
  const { person, mainSwitch, sessionKey, windows, inbox, chat, received, follow } = member;
  const grants = [...member.grants].map(([id, { remaining, kept }]): SavedMember['grants'][number] => [
    id,
    { remaining: remaining === Infinity ? null : remaining, kept },
  ]);
  return { person: person.id, mainSwitch, sessionKey, grants, windows, inbox, chat, received, ...(follow ? { follow } : {}) };
}

function loadApp(world: World, saved: SavedApp): void {
  const app = world.putApp(saved.settings, saved.templates);
  for (const id of saved.media) app.media.add(id);
  if (saved.official) app.official.load(saved.official as SavedOfficial);
  Object.assign(app.stats, saved.stats);
  for (const one of saved.members) {
    const person = world.people.get(one.person);
    if (!person) continue;
    const member = app.member(person);
    member.mainSwitch = one.mainSwitch;
    member.sessionKey = one.sessionKey;
    member.inbox = one.inbox;
    member.chat = one.chat;
    member.received = one.received;
    member.follow = one.follow ?? null;
    Object.assign(member.windows, one.windows);
    for (const [id, { remaining, kept }] of one.grants) member.grants.set(id, { remaining: remaining ?? Infinity, kept });
  }
}
