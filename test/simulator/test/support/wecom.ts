import { XMLParser } from 'fast-xml-parser';
import { decryptMessage, signatureOf } from '../../src/callback-crypto.ts';
import type { Answer, Client } from './client.ts';
import type { ReceivedPush, Receiver } from './receiver.ts';

export const demoCorp = {
  corpid: 'ww00000000000000c1',
  name: '示例小店',
  secret: 'secret-of-the-own-app',
  agentid: 1000002,
  token: 'WecomToken1',
  aesKey: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq',
  employees: [{ userid: 'zhangsan', name: '张三' }, { userid: 'lisi', name: '李四' }, { userid: 'guest', canContact: false }],
};

const xml = new XMLParser({ parseTagValue: false });

/** Calls to a simulated corp, as its own app and as the test's hand. */
export class CorpClient {
  readonly client: Client;
  readonly corpid: string;
  secret: string = demoCorp.secret;

  constructor(client: Client, corpid = demoCorp.corpid) {
    this.client = client;
    this.corpid = corpid;
  }

  setUp(change: object = {}): Promise<Answer> {
    return this.client.post('/sim/corps', { ...demoCorp, ...change });
  }

  async token(): Promise<string> {
    return String((await this.client.get(`/cgi-bin/gettoken?corpid=${this.corpid}&corpsecret=${this.secret}`))['access_token']);
  }

  /** A POST of the app, under /cgi-bin. */
  async call(path: string, body: object = {}): Promise<Answer> {
    return this.client.post(`/cgi-bin/${path}?access_token=${await this.token()}`, body);
  }

  async read(path: string, query: Record<string, string> = {}): Promise<Answer> {
    return this.client.get(`/cgi-bin/${path}?${new URLSearchParams({ access_token: await this.token(), ...query })}`);
  }

  person(id: string, path: string, body: object): Promise<Answer> {
    return this.client.post(`/sim/people/${id}/${path}`, { corpid: this.corpid, ...body });
  }

  employee(userid: string, path: string, body: object): Promise<Answer> {
    return this.client.post(`/sim/corps/${this.corpid}/employees/${userid}/${path}`, body);
  }

  add(person: string, userid = 'zhangsan', more: object = {}): Promise<Answer> {
    return this.person(person, 'add-contact', { userid, ...more });
  }
}

/** Checks the signature of a push and opens it. */
export function opened(push: ReceivedPush, key = demoCorp, receiver = demoCorp.corpid): Record<string, string> {
  const outer = (xml.parse(push.body) as { xml: Record<string, string> }).xml;
  const Encrypt = outer['Encrypt'] ?? '';
  const { query } = push;
  if (query.get('msg_signature') !== signatureOf(key.token, query.get('timestamp') ?? '', query.get('nonce') ?? '', Encrypt)) throw new Error('bad signature');
  const { text, id } = decryptMessage(key.aesKey, Encrypt);
  if (id !== receiver || outer['ToUserName'] !== receiver) throw new Error(`receiver is ${id}`);
  return (xml.parse(text) as { xml: Record<string, string> }).xml;
}

/** Everything that was pushed since the last look, opened. */
export async function events(client: Client, receiver: Receiver): Promise<Record<string, string>[]> {
  const { idle } = await client.get('/sim/idle?timeoutMs=8000');
  if (idle !== true) throw new Error('pushes are still under way');
  return receiver.pushes.splice(0).map((push) => opened(push));
}
