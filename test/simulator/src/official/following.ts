import { randomInt } from 'node:crypto';
import type { Delivery } from '../callback-queue.ts';
import type { Follow, Member } from '../member.ts';
import type { MiniProgram } from '../mini-program.ts';
import type { World } from '../world.ts';
import type { MenuButton, SceneCode } from './official-state.ts';

interface Entry {
  scene?: string;
  code?: SceneCode;
}

/** Makes a person a follower; nothing is pushed. Tags and remark of an earlier following are gone, as on the platform. */
export function setFollowing(member: Member, now: number, { scene, code }: Entry = {}): Follow {
  member.follow = {
    subscribed: true,
    at: Math.floor(now / 1000),
    scene: scene ?? (code ? 'ADD_SCENE_QR_CODE' : 'ADD_SCENE_SEARCH'),
    qrScene: code?.numeric ? Number(code.scene) : 0,
    qrSceneStr: code && !code.numeric ? code.scene : '',
    remark: '',
    tags: [],
    blocked: false,
    posts: member.follow?.posts ?? {},
  };
  return member.follow;
}

/** A person subscribes, through a scene code or otherwise. */
export function follow(world: World, app: MiniProgram, member: Member, entry: Entry = {}): Promise<Delivery> {
  const now = world.clock.now();
  setFollowing(member, now, entry);
  member.openWindow('follow', now);
  member.say({ at: now, from: 'system', text: '你已关注该公众号' });
  const { code } = entry;
  const fields = code ? { EventKey: `qrscene_${code.scene}`, Ticket: code.ticket } : { EventKey: '' };
  return pushEvent(world, app, member, { event: 'subscribe', fields });
}

/** A person unsubscribes: every window closes with it. */
export function unfollow(world: World, app: MiniProgram, member: Member): Promise<Delivery> {
  if (member.follow) member.follow.subscribed = false;
  for (const kind of Object.keys(member.windows) as (keyof typeof member.windows)[]) delete member.windows[kind];
  return pushEvent(world, app, member, { event: 'unsubscribe', fields: { EventKey: '' } });
}

/** A camera reads a scene code: a stranger follows, a follower is reported as a scan. */
export function scanScene(world: World, app: MiniProgram, member: Member, code: SceneCode): 'subscribe' | 'SCAN' {
  if (!member.follows) {
    void follow(world, app, member, { code });
    return 'subscribe';
  }
  member.openWindow('scan', world.clock.now());
  void pushEvent(world, app, member, { event: 'SCAN', fields: { EventKey: code.scene, Ticket: code.ticket } });
  return 'SCAN';
}

const menuEvents: Record<string, string> = { click: 'CLICK', view: 'VIEW', miniprogram: 'view_miniprogram', scancode_push: 'scancode_push', scancode_waitmsg: 'scancode_waitmsg' };

/** A follower taps a menu item. Answers the event, or null for an item that reports none. */
export function tapMenu(world: World, app: MiniProgram, member: Member, button: MenuButton): string | null {
  const event = menuEvents[button.type ?? ''];
  if (!event) return null;
  const fields: Record<string, unknown> = { EventKey: button.key ?? (event === 'view_miniprogram' ? button.pagepath : button.url) ?? '' };
  if (event === 'VIEW' || event === 'view_miniprogram') fields['MenuId'] = randomInt(400_000_000, 500_000_000);
  else member.openWindow('menu', world.clock.now());
  if (event.startsWith('scancode')) fields['ScanCodeInfo'] = { ScanType: 'qrcode', ScanResult: 'https://example.com/scanned' };
  void pushEvent(world, app, member, { event, fields });
  return event;
}

/** All items of a menu that can be tapped, by their place. */
export function buttonsOf(menu: MenuButton[]): { at: [number, number?]; button: MenuButton }[] {
  return menu.flatMap((top, i) => {
    const below = Array.isArray(top.sub_button) ? top.sub_button : (top.sub_button?.list ?? []);
    const own: { at: [number, number?]; button: MenuButton }[] = below.length === 0 ? [{ at: [i], button: top }] : [];
    return [...own, ...below.map((button, j): { at: [number, number?]; button: MenuButton } => ({ at: [i, j], button }))];
  });
}

/** Pushes an event about one person. */
export function pushEvent(
  world: World,
  app: MiniProgram,
  member: Member,
  { event, fields }: { event: string; fields: Record<string, unknown> },
): Promise<Delivery> {
  return world.callbacks.push(app, { openid: member.openid, createTime: member.eventSecond(event), msgType: 'event', event, fields });
}
