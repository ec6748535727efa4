import type { Delivery } from './callback-queue.ts';
import type { Member } from './member.ts';
import type { MiniProgram } from './mini-program.ts';
import type { Template } from './template.ts';
import type { World } from './world.ts';

export type PromptAnswer = 'accept' | 'reject' | 'ban';
export type PromptResult = Record<string, PromptAnswer | 'filter'>;

/** What the client call answers when it cannot prompt. */
export interface PromptFailure {
  errMsg: string;
  errCode: number;
}

/** What the sheet must show: templates to ask about, and choices that are kept and not asked again. */
export interface PromptPlan {
  ask: Template[];
  kept: Record<string, 'accept' | 'reject'>;
  filtered: string[];
}

/** Checks a prompt as the client does, before anything is shown. */
export function planPrompt(app: MiniProgram, member: Member, ids: string[]): PromptPlan | PromptFailure {
  if (ids.length === 0) return failure(10001, 'TmplIds can not be empty');
  const max = app.settings.limits.promptTemplates ?? 5;
  if (ids.length > max) return failure(20003, `Templates count out of max bounds, max: ${max}`);
  const templates = ids.map((id) => app.templates.get(id));
  if (templates.some((one) => one === undefined)) return failure(20001, 'No template data return, verify the template id exist');
  const known = templates.filter((one) => one !== undefined);
  if (new Set(known.map((one) => one.type)).size > 1) return failure(20002, 'Templates type must be same');
  if (app.settings.subscribeBanned) return failure(20005, 'The mini program is banned from subscription messages');
  if (!member.mainSwitch) return failure(20004, 'The main switch is switched off');
  const plan: PromptPlan = { ask: [], kept: {}, filtered: [] };
  const titles = new Set<string>();
  for (const template of known) {
    const kept = member.grants.get(template.priTmplId)?.kept ?? null;
    if (titles.has(template.title)) plan.filtered.push(template.priTmplId);
    else if (kept) plan.kept[template.priTmplId] = kept;
    else plan.ask.push(template);
    titles.add(template.title);
  }
  return plan;
}

/** Takes the answers of a prompt: grants sends, keeps choices, tells the merchant. */
export function answerPrompt(
  world: World,
  app: MiniProgram,
  member: Member,
  choice: { plan: PromptPlan; answers: Record<string, PromptAnswer>; always: boolean },
): { result: PromptResult; delivery: Promise<Delivery> | null } {
  const { plan, answers, always } = choice;
  const result: PromptResult = { ...plan.kept };
  for (const id of plan.filtered) result[id] = 'filter';
  for (const { priTmplId } of plan.ask) {
    const answer = answers[priTmplId] ?? 'reject';
    result[priTmplId] = answer;
    if (always && answer !== 'ban') member.grant(priTmplId).kept = answer;
  }
  const entries: { TemplateId: string; SubscribeStatusString: string; PopupScene: number }[] = [];
  for (const [id, answer] of Object.entries(result)) {
    if (answer !== 'accept' && answer !== 'reject') continue;
    if (answer === 'accept') addSend(member, id, app.templates.get(id)?.type === 3);
    entries.push({ TemplateId: id, SubscribeStatusString: answer, PopupScene: 0 });
  }
  if (entries.length === 0) return { result, delivery: null };
  const delivery = world.callbacks.push(app, {
    openid: member.openid,
    createTime: member.eventSecond('subscribe_msg_popup_event'),
    msgType: 'event',
    event: 'subscribe_msg_popup_event',
    list: { wrapper: 'SubscribeMsgPopupEvent', entries },
  });
  return { result, delivery };
}

/** The person changes a template in the settings. Only a refusal is told to the merchant. */
export function changeSetting(
  world: World,
  app: MiniProgram,
  member: Member,
  change: { templateId: string; status: 'accept' | 'reject' },
): Promise<Delivery> | null {
  const grant = member.grant(change.templateId);
  grant.kept = change.status;
  if (change.status === 'accept') return null;
  grant.remaining = 0;
  return world.callbacks.push(app, {
    openid: member.openid,
    createTime: member.eventSecond('subscribe_msg_change_event'),
    msgType: 'event',
    event: 'subscribe_msg_change_event',
    list: {
      wrapper: 'SubscribeMsgChangeEvent',
      entries: [{ TemplateId: change.templateId, SubscribeStatusString: 'reject' }],
    },
  });
}

/** One accept is one send; a long-term template needs only one. */
export function addSend(member: Member, templateId: string, longTerm: boolean): void {
  const grant = member.grant(templateId);
  grant.remaining = longTerm ? Infinity : grant.remaining + 1;
}

function failure(errCode: number, text: string): PromptFailure {
  return { errMsg: `requestSubscribeMessage:fail ${text}`, errCode };
}
