import { randomText } from './ids.ts';

export type LinkKind = 'scheme' | 'link' | 'short' | 'code';

/** Scene value the program is entered with, by the kind of link. */
export const sceneValues: Record<LinkKind, number> = { scheme: 1065, link: 1194, short: 1007, code: 1047 };

/** A way into a mini program. */
export interface EntryLink {
  kind: LinkKind;
  appid: string;
  /** What is scanned or opened. */
  text: string;
  path: string;
  query: string;
  env: string;
  createdAt: number;
  /** 0 for a permanent one. */
  expiresAt: number;
  visits: number;
}

const KEPT = 20_000;

/** Links and codes of all programs, by their text. */
export class EntryLinks {
  private readonly all = new Map<string, EntryLink>();

  add(input: Omit<EntryLink, 'text' | 'visits'> & { name: string }): EntryLink {
    const { name, ...rest } = input;
    const link: EntryLink = { ...rest, text: textOf(input.kind, name), visits: 0 };
    this.all.set(link.text, link);
    if (this.all.size > KEPT) {
      const oldest = this.all.keys().next().value;
      if (oldest !== undefined) this.all.delete(oldest);
    }
    return link;
  }

  /** Finds a link; attribution appended as `cq` is split off. */
  find(text: string): { link: EntryLink; cq: string } | null {
    const exact = this.all.get(text);
    if (exact) return { link: exact, cq: '' };
    const split = /^(.*)[?&]cq=([^&]*)$/.exec(text);
    const link = this.all.get(split?.[1] ?? '');
    return link ? { link, cq: decodeURIComponent(split?.[2] ?? '') } : null;
  }

  /** Newest first. */
  of(appid: string, count: number): EntryLink[] {
    return [...this.all.values()].filter((link) => link.appid === appid).slice(-count).toReversed();
  }

  list(): EntryLink[] {
    return [...this.all.values()];
  }

  restore(links: EntryLink[]): void {
    for (const link of links) this.all.set(link.text, link);
  }

  reset(): void {
    this.all.clear();
  }
}

function textOf(kind: LinkKind, name: string): string {
  const id = randomText(12).replace(/[-_]/g, 'x');
  if (kind === 'scheme') return `weixin://dl/business/?t=${id}`;
  if (kind === 'link') return `https://wxaurl.cn/${id}`;
  return kind === 'short' ? `#小程序://${name}/${id}` : `https://wxaurl.sim/code/${id}`;
}
