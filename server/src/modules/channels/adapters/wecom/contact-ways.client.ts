// Live codes (渠道活码) and acquisition links: both lead to one of several employees and bring a state along.
import type { PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

export interface ContactWay {
  /** What the merchant reads in lists; the platform keeps 30 characters. */
  name: string;
  employees: readonly string[];
  state: string;
  skipVerify: boolean;
}

/** At most so many employees behind one code. */
export const MAX_EMPLOYEES = 100;

const WAY = '/cgi-bin/externalcontact';
const LINK = '/cgi-bin/externalcontact/customer_acquisition';

export class ContactWays {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  /** A QR code. One that was made and whose id is lost can neither be changed nor deleted: store it at once. */
  addCode(way: ContactWay, token: string): Promise<PlatformResult<{ id: string; url: string }>> {
    // Always the form for several: that of one employee can never be given to two.
    const body = { type: 2, scene: 2, ...codeBody(way) };
    return this.client.ask({ path: `${WAY}/add_contact_way`, query: { access_token: token }, body }, (json) => made(json['config_id'], json['qr_code']));
  }

  updateCode(id: string, way: ContactWay, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${WAY}/update_contact_way`, query: { access_token: token }, body: { config_id: id, ...codeBody(way) } }, () => true);
  }

  deleteCode(id: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${WAY}/del_contact_way`, query: { access_token: token }, body: { config_id: id } }, () => true);
  }

  /** A link; the state is no property of it but a parameter of its address. */
  async addLink(way: ContactWay, token: string): Promise<PlatformResult<{ id: string; url: string }>> {
    return this.client.ask({ path: `${LINK}/create_link`, query: { access_token: token }, body: linkBody(way) }, ({ link }) => {
      const found = isBody(link) ? made(link['link_id'], link['url']) : undefined;
      return found === undefined ? undefined : { id: found.id, url: withState(found.url, way.state) };
    });
  }

  updateLink(id: string, way: ContactWay, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${LINK}/update_link`, query: { access_token: token }, body: { link_id: id, ...linkBody(way) } }, () => true);
  }

  deleteLink(id: string, token: string): Promise<PlatformResult<true>> {
    return this.client.ask({ path: `${LINK}/delete_link`, query: { access_token: token }, body: { link_id: id } }, () => true);
  }

  /** How many more contacts the paid links may bring. */
  linkBalance(token: string): Promise<PlatformResult<{ total: number; balance: number }>> {
    return this.client.ask({ path: '/cgi-bin/externalcontact/customer_acquisition_quota', query: { access_token: token } }, ({ total, balance }) =>
      ({ total: Number(total) || 0, balance: Number(balance) || 0 }));
  }
}

const codeBody = ({ name, employees, state, skipVerify }: ContactWay): object => ({ remark: Array.from(name).slice(0, 30).join(''), user: employees, state, skip_verify: skipVerify });

const linkBody = ({ name, employees, skipVerify }: ContactWay): object =>
  ({ link_name: Array.from(name).slice(0, 30).join(''), range: { user_list: employees, department_list: [] }, skip_verify: skipVerify });

function made(id: unknown, url: unknown): { id: string; url: string } | undefined {
  const found = { id: wordOf(id), url: wordOf(url) };
  return found.id === '' || found.url === '' ? undefined : found;
}

function withState(address: string, state: string): string {
  const url = new URL(address);
  url.searchParams.set('customer_channel', state);
  return url.toString();
}
