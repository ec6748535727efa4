// Who is a contact of whom: employees with the feature, their contacts in pages, one contact's detail, remarks, id conversion.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

/** One contact as one employee has it. */
export interface Contact {
  externalId: string;
  employee: string;
  name: string;
  /** Only where the corp bound a developer account, and never told to a provider's app. */
  unionId: string | undefined;
  isWeComUser: boolean;
  remark: string;
  tagIds: string[];
  state: string;
  /** The platform's number for how they met. */
  addWay: number;
  addedAt: Date;
}

export interface ContactPage {
  contacts: Contact[];
  /** '' at the end; a page may be short without being the last. */
  next: string;
}

export interface Remark {
  remark?: string;
  description?: string;
}

const PAGE = 100;

export class Contacts {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** The employees who may have contacts, as far as the app sees them. */
  employees(token: string): Promise<PlatformResult<string[]>> {
    return this.client.ask({ path: '/cgi-bin/externalcontact/get_follow_user_list', query: { access_token: token } }, ({ follow_user: list }) => wordsOf(list));
  }

  /** Up to 100 contacts of one employee after `cursor` ('' for the first page). */
  page(employee: string, cursor: string, token: string): Promise<PlatformResult<ContactPage>> {
    const body = { userid_list: [employee], cursor, limit: PAGE };
    return this.client.ask({ path: '/cgi-bin/externalcontact/batch/get_by_user', query: { access_token: token }, body }, (json) => {
      const list = json['external_contact_list'];
      if (!Array.isArray(list)) return undefined;
      const contacts = list.flatMap((one: unknown) => (isBody(one) ? contactOf(one['external_contact'], one['follow_info']) ?? [] : []));
      return { contacts, next: wordOf(json['next_cursor']) };
    });
  }

  /** One contact with every employee who has them. */
  async detail(externalId: string, token: string): Promise<PlatformResult<Contact[]>> {
    const found: Contact[] = [];
    let cursor = '';
    do {
      const query = { access_token: token, external_userid: externalId, ...(cursor === '' ? {} : { cursor }) };
      const page = await this.client.ask({ path: '/cgi-bin/externalcontact/get', query }, (json) => {
        const list = json['follow_user'];
        if (!Array.isArray(list)) return undefined;
        return { contacts: list.flatMap((one: unknown) => contactOf(json['external_contact'], one) ?? []), next: wordOf(json['next_cursor']) };
      });
      if (!page.ok) return page;
      found.push(...page.value.contacts);
      cursor = page.value.next;
    } while (cursor !== '');
    return { ok: true, value: found };
  }

  /** What the employee notes of the contact; fields left out stay. */
  setRemark(pair: { employee: string; externalId: string }, note: Remark, token: string): Promise<PlatformResult<true>> {
    const body = { userid: pair.employee, external_userid: pair.externalId, ...note };
    return this.client.ask({ path: '/cgi-bin/externalcontact/remark', query: { access_token: token }, body }, () => true);
  }

  /** A provider's app learns who a mini program's visitor is: their id here, or a pending one until they become a contact. */
  byUnionId(who: { unionId: string; openid: string }, token: string): Promise<PlatformResult<{ externalId: string; pendingId: string }>> {
    const body = { unionid: who.unionId, openid: who.openid, subject_type: 0 };
    return this.client.ask({ path: '/cgi-bin/idconvert/unionid_to_external_userid', query: { access_token: token }, body }, (json) =>
      ({ externalId: wordOf(json['external_userid']), pendingId: wordOf(json['pending_id']) }));
  }
}

/** Both forms of a relation: with whole tags, or with their ids only. */
function contactOf(person: unknown, relation: unknown): Contact | undefined {
  if (!isBody(person) || !isBody(relation)) return undefined;
  const [who, how]: Record<string, unknown>[] = [person, relation];
  const [externalId, employee] = [wordOf(who!['external_userid']), wordOf(how!['userid'])];
  if (externalId === '' || employee === '') return undefined;
  return {
    externalId, employee,
    name: wordOf(who!['name']),
    unionId: wordOf(who!['unionid']) || undefined,
    isWeComUser: Number(who!['type']) === 2,
    remark: wordOf(how!['remark']),
    tagIds: tagIdsOf(how!),
    state: wordOf(how!['state']),
    addWay: Number(how!['add_way']) || 0,
    addedAt: new Date((Number(how!['createtime']) || 0) * 1000),
  };
}

function tagIdsOf(relation: Record<string, unknown>): string[] {
  if (Array.isArray(relation['tag_id'])) return wordsOf(relation['tag_id']) ?? [];
  const tags = relation['tags'];
  // An employee's private tags have no id.
  return Array.isArray(tags) ? tags.map((tag: unknown) => (isBody(tag) ? wordOf(tag['tag_id']) : '')).filter((id) => id !== '') : [];
}

/** A list of texts; undefined when it is no list. */
export const wordsOf = (value: unknown): string[] | undefined => (Array.isArray(value) ? value.map(wordOf).filter((one) => one !== '') : undefined);
