// Group sends: a task that employees confirm. Nobody tells when they do, so the results are read page by page, employee by employee.
import type { ContactTaskPage, ContactTaskResult, ContactTaskSend, PlatformResult } from '../../adapter.js';
import { isBody } from '../wechat/wechat.body.js';
import { wordOf, type WeChatClient } from '../wechat/wechat.client.js';

const BASE = '/cgi-bin/externalcontact';
const EMPLOYEES_PER_PAGE = 100;
const RESULTS_PER_PAGE = 1_000;
const CANCELLED_BEFORE = 41093;

/** Where a reading stands: the employees still to ask, the page within the first of them, and the next page of employees. */
interface Place {
  waiting: string[];
  results: string;
  employees: string;
}

export class ContactTasks {
  private readonly client: WeChatClient;

  constructor(client: WeChatClient) {
    this.client = client;
  }

  static bodyOf({ to, employee, text }: ContactTaskSend): object {
    return { chat_type: 'single', external_userid: to, ...(employee === undefined ? {} : { sender: employee }), text: { content: text } };
  }

  /** Of everybody the task was made for, in pages. */
  async results(taskId: string, cursor: string | undefined, token: string): Promise<PlatformResult<ContactTaskPage>> {
    const place = cursor === undefined ? await this.employees(taskId, '', token) : { ok: true as const, value: JSON.parse(cursor) as Place };
    if (!place.ok) return place;
    const { waiting: [employee, ...rest], results, employees } = place.value;
    if (employee === undefined) return { ok: true, value: { results: [] } };
    const page = await this.ofEmployee({ taskId, employee, cursor: results }, token);
    if (!page.ok) return page;
    const next = await this.after({ waiting: page.value.next === '' ? rest : [employee, ...rest], results: page.value.next, employees }, taskId, token);
    if (!next.ok) return next;
    return { ok: true, value: { results: page.value.results, ...(next.value === undefined ? {} : { next: JSON.stringify(next.value) }) } };
  }

  /** At most three times in 24 hours. */
  remind(taskId: string, token: string): Promise<PlatformResult<undefined>> {
    return this.command('remind_groupmsg_send', taskId, token);
  }

  /** A task that was cancelled before is as cancelled as one that is now. */
  async cancel(taskId: string, token: string): Promise<PlatformResult<undefined>> {
    const done = await this.command('cancel_groupmsg_send', taskId, token);
    return !done.ok && done.code === CANCELLED_BEFORE ? { ok: true, value: undefined } : done;
  }

  private async command(name: string, taskId: string, token: string): Promise<PlatformResult<undefined>> {
    const done = await this.client.ask({ path: `${BASE}/${name}`, query: { access_token: token }, body: { msgid: taskId } }, () => true);
    return done.ok ? { ok: true, value: undefined } : done;
  }

  private async after(place: Place, taskId: string, token: string): Promise<PlatformResult<Place | undefined>> {
    if (place.waiting.length > 0) return { ok: true, value: place };
    return place.employees === '' ? { ok: true, value: undefined } : this.employees(taskId, place.employees, token);
  }

  private employees(taskId: string, cursor: string, token: string): Promise<PlatformResult<Place>> {
    const body = { msgid: taskId, limit: EMPLOYEES_PER_PAGE, cursor };
    return this.client.ask({ path: `${BASE}/get_groupmsg_task`, query: { access_token: token }, body }, (json) => {
      const list = json['task_list'];
      if (!Array.isArray(list)) return undefined;
      const waiting = list.map((one: unknown) => (isBody(one) ? wordOf(one['userid']) : '')).filter((one) => one !== '');
      return { waiting, results: '', employees: wordOf(json['next_cursor']) };
    });
  }

  private ofEmployee(of: { taskId: string; employee: string; cursor: string }, token: string): Promise<PlatformResult<{ results: ContactTaskResult[]; next: string }>> {
    const body = { msgid: of.taskId, userid: of.employee, limit: RESULTS_PER_PAGE, cursor: of.cursor };
    return this.client.ask({ path: `${BASE}/get_groupmsg_send_result`, query: { access_token: token }, body }, (json) => {
      const list = json['send_list'];
      return Array.isArray(list) ? { results: list.flatMap((one: unknown) => resultOf(one, of.employee) ?? []), next: wordOf(json['next_cursor']) } : undefined;
    });
  }
}

const STATUS: readonly ContactTaskResult['status'][] = ['waiting', 'sent', 'not_friend', 'allowance_used_up'];

function resultOf(row: unknown, employee: string): ContactTaskResult | undefined {
  if (!isBody(row)) return undefined;
  const { external_userid: externalId, userid, status, send_time: second }: Record<string, unknown> = row;
  const known = STATUS[Number(status)];
  if (wordOf(externalId) === '' || known === undefined) return undefined;
  const at = Number(second) > 0 ? { at: new Date(Number(second) * 1000).toISOString() } : {};
  return { externalId: wordOf(externalId), employee: wordOf(userid) || employee, status: known, ...at };
}
