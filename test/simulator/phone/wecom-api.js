import { ask, of } from './api.js';

const query = (fields) => new URLSearchParams(fields).toString();
const employee = (corpid, userid, route) => `/sim/corps/${encodeURIComponent(corpid)}/employees/${encodeURIComponent(userid)}/${route}`;

/** WeCom and WeChat Customer Service as a person's phone sees them. */
export const wecom = {
  contacts: async (id) => (await ask(of(id, 'contacts'))).contacts,
  services: async (id) => (await ask(of(id, 'kf'))).accounts,
  chat: async (id, { corpid, userid }) => (await ask(of(id, `contact-chat?${query({ corpid, userid })}`))).lines,
  say: (id, { corpid, userid }, text) => ask(of(id, 'say-contact'), { corpid, userid, text }),
  remove: (id, { corpid, userid }) => ask(of(id, 'delete-contact'), { corpid, userid }),
  serviceChat: async (id, { corpid, openKfid }) => (await ask(of(id, `kf/chat?${query({ corpid, openKfid })}`))).lines,
  serviceSay: (id, { corpid, openKfid }, text) => ask(of(id, 'kf/say'), { corpid, openKfid, text }),
  enterService: (id, body) => ask(of(id, 'kf/enter'), body),
  scanContact: (id, url) => ask(of(id, 'scan-contact'), { url }),
  joinGroup: (id, url) => ask(of(id, 'join-group'), { url }),
};

/** An employee's own client. */
export const desk = {
  corps: async () => (await ask('/sim/corps')).corps,
  tasks: (corpid, userid) => ask(employee(corpid, userid, 'tasks')),
  contacts: async (corpid, userid) => (await ask(employee(corpid, userid, 'contacts'))).contacts,
  confirm: (corpid, userid, msgid) => ask(employee(corpid, userid, 'confirm'), { msgid }),
  ignore: (corpid, userid, msgid) => ask(employee(corpid, userid, 'ignore'), { msgid }),
  publish: (corpid, userid, momentId) => ask(employee(corpid, userid, 'publish'), { momentId }),
  accept: (corpid, userid, person) => ask(employee(corpid, userid, 'accept'), { person }),
  remove: (corpid, userid, person) => ask(employee(corpid, userid, 'delete'), { person }),
};
