import type { World } from '../world.ts';
import type { Corp } from './corp.ts';
import type { NewContact } from './relations.ts';

/** Address of a live code's picture: the scanned text is the address itself. */
export function codeUrl(base: string, configId: string): string {
  return `${base}/sim/wecom/code/${configId}`;
}

export function linkUrl(base: string, linkId: string): string {
  return `${base}/sim/wecom/link/${linkId}`;
}

/** Who is added by scanning a live code or opening an acquisition link. Several employees take turns. */
export function scanned(world: World, url: string): { corp: Corp; contact: Omit<NewContact, 'person'> } | null {
  const [, kind, id = ''] = /\/sim\/wecom\/(code|link)\/([\w-]+)/.exec(decodeURIComponent(url)) ?? [];
  for (const corp of world.wecom.corps.values()) {
    const found = kind === 'code' ? byCode(corp, id) : byLink(corp, id, url);
    if (found) return { corp, contact: found };
  }
  return null;
}

function byCode(corp: Corp, id: string): Omit<NewContact, 'person'> | null {
  const way = corp.data.ways.get(id);
  const userid = way?.users[way.next % way.users.length];
  if (!way || userid === undefined) return null;
  way.next += 1;
  return { userid, channel: String(way.fields['state'] ?? ''), half: way.fields['skip_verify'] === false, addWay: 1 };
}

function byLink(corp: Corp, id: string, url: string): Omit<NewContact, 'person'> | null {
  const link = corp.data.links.get(id);
  const userid = link?.users[link.next % link.users.length];
  if (!link || userid === undefined || corp.data.settings.acquisitionBalance === 0) return null;
  link.next += 1;
  const query = new URL(url, 'http://link').searchParams;
  const channel = Buffer.from(query.get('customer_channel') ?? '').subarray(0, 64).toString();
  return { userid, channel, half: !link.skipVerify, addWay: 16, linkId: id };
}

export function joinUrl(base: string, configId: string): string {
  return `${base}/sim/wecom/join/${configId}`;
}
