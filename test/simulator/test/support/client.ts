/** An answer as data; numbers of 64 bits are not needed exactly where this is used. */
// The shapes differ from call to call and the tests state what they expect of them.
export type Answer = Record<string, unknown> & { errcode?: number; errmsg?: string };

/** Calls to one simulator, as a merchant's server and as the test's own hand. */
export class Client {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async get(path: string): Promise<Answer> {
    return (await (await fetch(this.url + path)).json()) as Answer;
  }

  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return (await response.json()) as Answer;
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.send('POST', path, body);
  }

  /** A fresh or current stable token of the program the tests use. */
  async token(app = demoApp): Promise<string> {
    const { appid, secret } = app;
    const answer = await this.post('/cgi-bin/stable_token', { grant_type: 'client_credential', appid, secret });
    return String(answer['access_token']);
  }

  /** One subscription message with good values; fields can be changed. */
  async subscribe(touser: string, change: object = {}): Promise<Answer> {
    const body = { touser, template_id: 'T_EXPIRE', page: 'pages/offer/index?o=1&m=2', data: goodData, ...change };
    return this.post(`/cgi-bin/message/subscribe/send?access_token=${await this.token()}`, body);
  }

  async say(touser: string, content: string): Promise<Answer> {
    const body = { touser, msgtype: 'text', text: { content } };
    return this.post(`/cgi-bin/message/custom/send?access_token=${await this.token()}`, body);
  }

  accept(person: string, templateIds = ['T_EXPIRE'], more: object = {}): Promise<Answer> {
    const answers = Object.fromEntries(templateIds.map((id) => [id, 'accept']));
    return this.post(`/sim/people/${person}/prompt`, { appid: demoApp.appid, templateIds, answers, ...more });
  }
}

export const goodData = { thing1: { value: '满100减20券' }, time2: { value: '2026年12月1日 20:00' } };

export const demoApp = {
  appid: 'wx00000000000000aa',
  secret: 'secret-of-the-demo-program',
  originalId: 'gh_demo',
  name: '示例小店',
  token: 'CallbackToken1',
  aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  templates: [
    { priTmplId: 'T_EXPIRE', title: '优惠券到期提醒', content: '券名称:{{thing1.DATA}}\n到期时间:{{time2.DATA}}\n', type: 2 },
    { priTmplId: 'T_POINTS', title: '积分变更提醒', content: '数量:{{number1.DATA}}\n状态:{{phrase2.DATA}}\n', type: 2 },
    { priTmplId: 'T_SAME', title: '优惠券到期提醒', content: '券名称:{{thing1.DATA}}\n', type: 2 },
    { priTmplId: 'T_LONG', title: '长期服务通知', content: '内容:{{thing1.DATA}}\n', type: 3 },
  ],
};

export const demoAccount = {
  appid: 'wx00000000000000bb',
  secret: 'secret-of-the-demo-account',
  kind: 'service_account',
  originalId: 'gh_service',
  name: '示例服务号',
  token: 'CallbackToken2',
  aesKey: 'ABCDEFGabcdefghijklmnopqrstuvwxyz0123456789',
  mode: 'secure',
  templates: demoApp.templates.slice(0, 2),
  messageTemplates: [{ templateId: 'M_POINTS', title: '积分变动提醒', content: '类型:{{thing1.DATA}}\n金额:{{amount2.DATA}}\n' }],
};
