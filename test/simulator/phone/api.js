/** One call to the control side. */
export async function ask(path, body) {
  const response = await fetch(path, body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

export const of = (id, route) => `/sim/people/${encodeURIComponent(id)}/${route}`;
const withApp = (appid) => `appid=${encodeURIComponent(appid)}`;

/** The platform as the phone sees it. */
export const api = {
  apps: async () => (await ask('/sim/apps')).apps,
  people: async (limit) => (await ask(`/sim/people?limit=${limit}`)).people,
  person: (id) => ask(`/sim/people/${encodeURIComponent(id)}`),
  newPerson: async () => (await ask('/sim/people', { count: 1 })).people[0],
  inbox: async (id) => (await ask(of(id, 'inbox'))).messages,
  chat: async (id, appid) => (await ask(of(id, `chat?${withApp(appid)}`))).lines,
  say: (id, appid, text) => ask(of(id, 'say'), { appid, text }),
  enter: (id, appid, sessionFrom) => ask(of(id, 'enter'), { appid, sessionFrom }),
  tap: (id, messageId) => ask(of(id, 'tap'), { messageId }),
  plan: (id, appid, templateIds) => ask(of(id, 'prompt/plan'), { appid, templateIds }),
  answer: (id, body) => ask(of(id, 'prompt'), body),
  settings: (id, appid) => ask(of(id, `settings?${withApp(appid)}`)),
  change: (id, body) => ask(of(id, 'settings'), body),
};
