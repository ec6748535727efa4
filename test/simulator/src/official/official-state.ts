import { randomInt } from 'node:crypto';

export interface Tag {
  id: number;
  name: string;
}

export interface Article {
  title: string;
  author?: string;
  digest?: string;
  content?: string;
  content_source_url?: string;
  [key: string]: unknown;
}

export interface Draft {
  mediaId: string;
  articles: Article[];
  updatedAt: number;
}

/** One mass post. Counts are known once it is finished. */
export interface Post {
  msgId: number;
  msgDataId: number;
  clientMsgId: string;
  msgtype: string;
  title: string;
  url: string;
  at: number;
  status: 'SENDING' | 'SEND_SUCCESS' | 'SEND_FAIL' | 'DELETE';
  total: number;
  filtered: number;
  sent: number;
}

export interface Publication {
  publishId: string;
  mediaId: string;
  articleId: string;
  articles: Article[];
  status: number;
  at: number;
}

export interface SceneCode {
  ticket: string;
  url: string;
  /** Number or text, as it was created. */
  scene: string;
  numeric: boolean;
  permanent: boolean;
  expiresAt: number;
  at: number;
}

export interface MenuButton {
  name: string;
  type?: string;
  key?: string;
  url?: string;
  appid?: string;
  pagepath?: string;
  sub_button?: MenuButton[] | { list: MenuButton[] };
}

/** What an official account holds besides its members. Everything in `saved` outlives a restart. */
export class OfficialState {
  readonly tags = new Map<number, Tag>();
  readonly drafts = new Map<string, Draft>();
  readonly posts = new Map<number, Post>();
  readonly publications = new Map<string, Publication>();
  readonly codes = new Map<string, SceneCode>();
  menu: MenuButton[] | null = null;
  /** Answers of repeated client ids: mass posts by `clientmsgid`, template messages by `client_msg_id`. */
  readonly clientIds = new Map<string, { msgId: number; at: number }>();
  private nextTag = 100;
  private nextId = randomInt(1000, 30_000);

  /** A tag or post id that this account never gave before. */
  newId(): number {
    this.nextId += 1;
    return this.nextId;
  }

  newTagId(): number {
    const id = this.nextTag;
    this.nextTag += 1;
    return id;
  }

  save(): object {
    const { tags, drafts, posts, publications, codes } = this;
    const lists = { tags: [...tags.values()], drafts: [...drafts.values()], posts: [...posts.values()], publications: [...publications.values()], codes: [...codes.values()] };
    return { ...lists, menu: this.menu, nextTag: this.nextTag, nextId: this.nextId };
  }

  load(saved: SavedOfficial): void {
    for (const one of saved.tags) this.tags.set(one.id, one);
    for (const one of saved.drafts) this.drafts.set(one.mediaId, one);
    for (const one of saved.posts) this.posts.set(one.msgId, one);
    for (const one of saved.publications) this.publications.set(one.publishId, one);
    for (const one of saved.codes) this.codes.set(one.ticket, one);
    this.menu = saved.menu;
    this.nextTag = saved.nextTag;
    this.nextId = saved.nextId;
  }
}

export interface SavedOfficial {
  tags: Tag[];
  drafts: Draft[];
  posts: Post[];
  publications: Publication[];
  codes: SceneCode[];
  menu: MenuButton[] | null;
  nextTag: number;
  nextId: number;
}
