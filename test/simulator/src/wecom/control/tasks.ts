import type { FastifyInstance } from 'fastify';
import { ControlError } from '../../control/control-error.ts';
import type { World } from '../../world.ts';
import { spendAllowance } from '../allowance.ts';
import type { Corp, MassPart, MassTarget, MassTask } from '../corp.ts';
import { pendingMoments, publishMoment } from '../moment-book.ts';
import { corpOr404, employeeOr404 } from './found.ts';

interface At {
  Params: { corpid: string; userid: string };
}

const text = { type: 'string' };

/** What waits for an employee, and what he does about it. */
export function addTaskControl(server: FastifyInstance, world: World): void {
  const at = '/sim/corps/:corpid/employees/:userid';
  const corpOf = (params: At['Params']): Corp => {
    const corp = corpOr404(world, params.corpid);
    employeeOr404(corp, params.userid);
    return corp;
  };
  server.get<At>(`${at}/tasks`, (req) => {
    const corp = corpOf(req.params);
    return { sends: pendingSends(corp, req.params.userid), moments: pendingMoments(corp, req.params.userid) };
  });
  const confirm = { type: 'object', required: ['msgid'], properties: { msgid: text, leaveOut: { type: 'array', items: text } } };
  server.post<At & { Body: { msgid: string; leaveOut?: string[] } }>(`${at}/confirm`, { schema: { body: confirm } }, (req) => {
    const corp = corpOf(req.params);
    const { task, part } = waiting(corp, req.params.userid, req.body.msgid);
    return send(corp, task, { part, leaveOut: req.body.leaveOut ?? [], now: world.clock.now() });
  });
  server.post<At & { Body: { msgid: string } }>(`${at}/ignore`, { schema: { body: confirm } }, (req) => {
    waiting(corpOf(req.params), req.params.userid, req.body.msgid).part.ignored = true;
    return { ignored: true };
  });
  const publish = { type: 'object', required: ['momentId'], properties: { momentId: text } };
  server.post<At & { Body: { momentId: string } }>(`${at}/publish`, { schema: { body: publish } }, (req) => {
    const people = publishMoment(corpOf(req.params), req.params.userid, req.body.momentId, world.clock.now());
    if (people === null) throw new ControlError(409, 'no such moment waits for this employee');
    return { people };
  });
}

function pendingSends(corp: Corp, userid: string): object[] {
  return [...corp.data.tasks.values()].flatMap((task) => {
    const part = task.parts.find((one) => one.userid === userid);
    if (!part || part.status !== 0 || part.ignored || task.cancelled) return [];
    const { msgid, chatType, createdAt, text: words, attachments } = task;
    return [{ msgid, chatType, createdAt, text: words, attachments, reminders: task.reminders.length, people: part.targets.map((one) => one.id) }];
  });
}

function waiting(corp: Corp, userid: string, msgid: string): { task: MassTask; part: MassPart } {
  const task = corp.data.tasks.get(msgid);
  const part = task?.parts.find((one) => one.userid === userid);
  if (!task || !part) throw new ControlError(404, `no group send ${msgid} of ${userid}`);
  if (task.cancelled) throw new ControlError(409, 'the group send was cancelled');
  if (part.status !== 0) throw new ControlError(409, 'the group send was sent already');
  return { task, part };
}

function send(corp: Corp, task: MassTask, { part, leaveOut, now }: { part: MassPart; leaveOut: string[]; now: number }): object {
  const counts = { sent: 0, notFriend: 0, allowance: 0, leftOut: 0 };
  for (const target of part.targets) {
    if (leaveOut.includes(target.id)) counts.leftOut += 1;
    else if (task.chatType === 'single' && corp.contact(part.userid, target.id)?.state !== 'friend') settle(target, 2, counts, 'notFriend');
    else if (!spendAllowance(corp, target.id, now)) settle(target, 3, counts, 'allowance');
    else {
      target.sentAt = now;
      settle(target, 1, counts, 'sent');
      deliver(corp, task, { userid: part.userid, id: target.id, now });
    }
  }
  part.status = 2;
  part.sentAt = now;
  return counts;
}

function settle<Key extends string>(target: MassTarget, status: MassTarget['status'], counts: Record<Key, number>, key: Key): void {
  target.status = status;
  counts[key] += 1;
}

function deliver(corp: Corp, task: MassTask, { userid, id, now }: { userid: string; id: string; now: number }): void {
  const line = { at: now, from: 'employee', kind: 'mass', text: task.text, attachments: task.attachments } as const;
  if (task.chatType === 'single') corp.say(userid, id, line);
  else corp.data.groups.get(id)?.lines.push(line);
  corp.data.received.mass += 1;
}
